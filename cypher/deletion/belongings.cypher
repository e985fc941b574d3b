// Erases some of what only an account has: credentials, sessions, identities, tokens, addresses, files, exports. A
// relationship that begins with HAS_ leads from a user to what goes with the user.
// params: id: string, limit: int
// returns: erased: int
MATCH (u:User {id: $id})-[r]->(x)
WHERE type(r) STARTS WITH 'HAS_'
WITH x
LIMIT $limit
DETACH DELETE x
RETURN count(x) AS erased
