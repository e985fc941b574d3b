// What must be known of the viewer before their account is deleted: where to write to, and the password, if it has one.
// params: viewerId: string
// returns: email: string, hash: string|null
MATCH (u:User {id: $viewerId})
WHERE u.deletedAt IS NULL
RETURN u.email AS email, head([(u)-[:HAS_CREDENTIAL]->(c:Credential {kind: 'PASSWORD'}) | c.hash]) AS hash
