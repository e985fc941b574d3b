// The identities of users, the oldest first. An account has few.
// params: ids: [string]
// returns: user: string, identities: [map]
UNWIND $ids AS id
MATCH (u:User {id: id})-[:HAS_IDENTITY]->(i:Identity)
WITH u, i ORDER BY i.createdAt, i.id
RETURN u.id AS user,
       collect(i {.id, .provider, .email, .emailVerified, .createdAt, .lastUsedAt}) AS identities
