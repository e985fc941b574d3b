// Notes that an export is ready, and that those before it are gone.
// params: viewerId: string, id: string, bytes: int, event: map
// returns: id: string
MATCH (u:User {id: $viewerId})-[:HAS_EXPORT]->(x:Export {id: $id})
SET x.state = 'READY', x.bytes = $bytes
CREATE (e:Event)
SET e = $event
WITH u, x
OPTIONAL MATCH (u)-[:HAS_EXPORT]->(old:Export)
WHERE old <> x
SET old.state = 'GONE'
REMOVE old.key, old.expiresAt
RETURN DISTINCT x.id AS id
