// The sessions of the viewer, without their tokens.
// params: viewerId: string, after: string, limit: int
// returns: cursor: string, item: map
MATCH (u:User {id: $viewerId})-[:HAS_SESSION]->(s:Session)
WHERE s.id > $after
RETURN s.id AS cursor, {
  id: s.id, createdAt: toString(s.createdAt), lastUsedAt: toString(s.lastUsedAt), expiresAt: toString(s.expiresAt),
  address: s.address, userAgent: s.userAgent
} AS item
ORDER BY cursor
LIMIT $limit
