// The password of the account with an address.
// params: email: string
// returns: user: string, credentialId: string, hash: string
MATCH (u:User {email: $email})-[:HAS_CREDENTIAL]->(c:Credential {kind: 'PASSWORD'})
WHERE u.deletedAt IS NULL
RETURN u.id AS user, c.id AS credentialId, c.hash AS hash
