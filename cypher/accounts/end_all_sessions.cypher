// Ends all sessions of the viewer.
// params: viewerId: string, event: map
// returns: count: int
MATCH (u:User {id: $viewerId})
CREATE (e:Event)
SET e = $event
WITH u
OPTIONAL MATCH (u)-[:HAS_SESSION]->(s:Session)
WITH collect(s) AS sessions
FOREACH (session IN sessions | DETACH DELETE session)
RETURN size(sessions) AS count
