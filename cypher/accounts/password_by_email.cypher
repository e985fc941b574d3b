// The password of the account with an address; also of one that is to be deleted and can still be had back.
// params: email: string, now: datetime
// returns: user: string, credentialId: string, hash: string
MATCH (u:User {email: $email})-[:HAS_CREDENTIAL]->(c:Credential {kind: 'PASSWORD'})
WHERE u.deletedAt IS NULL OR u.deleteAfter > $now
RETURN u.id AS user, c.id AS credentialId, c.hash AS hash
