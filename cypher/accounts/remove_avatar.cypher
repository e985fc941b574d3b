// Removes the viewer's picture, and what was begun.
// params: viewerId: string, sessionId: string|null, event: map, now: datetime
// returns: keys: [string]
MATCH (u:User {id: $viewerId})
SET u.touchedAt = $now
WITH u
WHERE u.deletedAt IS NULL
  AND ($sessionId IS NULL OR EXISTS { (u)-[:HAS_SESSION]->(:Session {id: $sessionId}) })
MATCH (u)-[:HAS_ASSET {role: 'AVATAR'}]->(a:Asset)
WITH collect(a) AS removed
WITH removed, [a IN removed | a.key] AS keys, any(a IN removed WHERE a.state = 'READY') AS shown
FOREACH (a IN removed |
  DETACH DELETE a
)
FOREACH (_ IN CASE WHEN shown THEN [1] ELSE [] END |
  CREATE (e:Event)
  SET e = $event
)
RETURN keys
