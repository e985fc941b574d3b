// The access tokens of the viewer by their names, without the tokens.
// params: viewerId: string, after: string, limit: int
// returns: cursor: string, item: map
MATCH (u:User {id: $viewerId})-[:HAS_ACCESS_TOKEN]->(t:AccessToken)
WHERE t.id > $after
RETURN t.id AS cursor, {
  id: t.id, name: t.name, scopes: t.scopes, createdAt: toString(t.createdAt), expiresAt: toString(t.expiresAt),
  lastUsedAt: toString(t.lastUsedAt)
} AS item
ORDER BY cursor
LIMIT $limit
