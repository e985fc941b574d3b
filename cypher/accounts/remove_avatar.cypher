// Removes the viewer's picture, and what was begun.
// params: viewerId: string, now: datetime
// returns: keys: [string]
MATCH (u:User {id: $viewerId})
SET u.touchedAt = $now
WITH u
MATCH (u)-[:HAS_ASSET {role: 'AVATAR'}]->(a:Asset)
WITH collect(a) AS removed
WITH removed, [a IN removed | a.key] AS keys
FOREACH (a IN removed |
  DETACH DELETE a
)
RETURN keys
