// The identities at other providers that the viewer signs in with.
// params: viewerId: string, after: string, limit: int
// returns: cursor: string, item: map
MATCH (u:User {id: $viewerId})-[:HAS_IDENTITY]->(i:Identity)
WHERE i.id > $after
RETURN i.id AS cursor, {
  provider: i.provider, subject: i.subject, email: i.email, createdAt: toString(i.createdAt)
} AS item
ORDER BY cursor
LIMIT $limit
