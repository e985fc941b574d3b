// Ends a session of the viewer.
// The first SET changes nothing and takes the lock of the session, so that it ends once:
// one that has ended while its lock was waited for has no properties any more.
// params: id: string, viewerId: string, event: map, now: datetime
// returns: id: string
MATCH (:User {id: $viewerId})-[:HAS_SESSION]->(s:Session {id: $id})
WHERE s.expiresAt > $now
SET s.id = $id
WITH s
WHERE s.tokenHash IS NOT NULL
CREATE (e:Event)
SET e = $event
DETACH DELETE s
RETURN $id AS id
