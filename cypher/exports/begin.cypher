// Begins an export of what the graph holds on the viewer, unless one is being made or there were too many within a day.
// The first SET takes the lock of the user. What is older than a day is forgotten; its file is gone by then.
// params: viewerId: string, sessionId: string|null, id: string, key: string, expiresAt: datetime, most: int,
//         abandonedBefore: datetime, dayAgo: datetime, now: datetime
// returns: running: bool, room: bool, before: [string]
MATCH (u:User {id: $viewerId})
SET u.touchedAt = $now
WITH u
WHERE u.deletedAt IS NULL
  AND ($sessionId IS NULL OR EXISTS { (u)-[:HAS_SESSION]->(:Session {id: $sessionId}) })
OPTIONAL MATCH (u)-[:HAS_EXPORT]->(x:Export)
WITH u, collect(x) AS known
WITH u, known,
  any(x IN known WHERE x.state = 'RUNNING' AND x.createdAt > $abandonedBefore) AS running,
  size([x IN known WHERE x.createdAt > $dayAgo]) < $most AS room,
  [x IN known WHERE x.key IS NOT NULL | x.key] AS before
FOREACH (x IN [x IN known WHERE x.createdAt <= $dayAgo AND x.key IS NULL] |
  DETACH DELETE x
)
FOREACH (_ IN CASE WHEN room AND NOT running THEN [1] ELSE [] END |
  CREATE (u)-[:HAS_EXPORT]->(:Export {id: $id, state: 'RUNNING', key: $key, createdAt: $now, expiresAt: $expiresAt})
)
RETURN running, room, before
