// Forgets an export that was not made.
// params: viewerId: string, id: string
// returns: forgotten: int
MATCH (u:User {id: $viewerId})-[:HAS_EXPORT]->(x:Export {id: $id})
DETACH DELETE x
RETURN count(*) AS forgotten
