// The account of the viewer with its password, if it has one.
// params: viewerId: string
// returns: email: string, handle: string, hash: string|null
MATCH (u:User {id: $viewerId})
WHERE u.deletedAt IS NULL
OPTIONAL MATCH (u)-[:HAS_CREDENTIAL]->(c:Credential {kind: 'PASSWORD'})
RETURN u.email AS email, u.handle AS handle, c.hash AS hash
