// Begins an upload of the viewer's picture; those that were begun before are given up.
// The first SET takes the lock of the user.
// params: viewerId: string, sessionId: string|null, id: string, key: string, contentType: string, now: datetime
// returns: keys: [string]
MATCH (u:User {id: $viewerId})
SET u.touchedAt = $now
WITH u
WHERE u.deletedAt IS NULL
  AND ($sessionId IS NULL OR EXISTS { (u)-[:HAS_SESSION]->(:Session {id: $sessionId}) })
OPTIONAL MATCH (u)-[:HAS_ASSET {role: 'AVATAR'}]->(a:Asset {state: 'PENDING'})
WITH u, collect(a) AS begun
WITH u, begun, [a IN begun | a.key] AS keys
FOREACH (a IN begun |
  DETACH DELETE a
)
CREATE (u)-[:HAS_ASSET {role: 'AVATAR'}]->(:Asset {
  id: $id, kind: 'IMAGE', state: 'PENDING', key: $key, contentType: $contentType, createdAt: $now, version: 1
})
RETURN keys
