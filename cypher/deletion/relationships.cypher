// Erases some of what connects an account with others: what it wrote stays, without an author.
// params: id: string, limit: int
// returns: erased: int
MATCH (u:User {id: $id})-[r]-()
WHERE NOT type(r) STARTS WITH 'HAS_'
WITH r
LIMIT $limit
DELETE r
RETURN count(r) AS erased
