// Ends all sessions of the viewer. The first SET takes the lock of the account, so that none begins meanwhile and is missed.
// params: viewerId: string, event: map, now: datetime
// returns: count: int
MATCH (u:User {id: $viewerId})
SET u.touchedAt = $now
WITH u
CREATE (e:Event)
SET e = $event
WITH u
OPTIONAL MATCH (u)-[:HAS_SESSION]->(s:Session)
WITH collect(s) AS sessions
FOREACH (session IN sessions | DETACH DELETE session)
RETURN size(sessions) AS count
