// An identity, and whose it is.
// params: provider: string, subject: string
// returns: user: string, identity: map
MATCH (u:User)-[:HAS_IDENTITY]->(i:Identity {provider: $provider, subject: $subject})
RETURN u.id AS user, i {.id, .provider, .email, .emailVerified, .createdAt, .lastUsedAt} AS identity
