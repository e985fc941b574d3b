// The access tokens of the viewer by their names, without the tokens. The steps are apart, because the planner begins at all
// tokens where there are few.
// params: viewerId: string, after: string, limit: int
// returns: cursor: string, item: map
MATCH (u:User {id: $viewerId})
CALL (u) {
  MATCH (u)-[:HAS_ACCESS_TOKEN]->(t:AccessToken)
  RETURN t
}
WITH t
WHERE t.id > $after
RETURN t.id AS cursor, {
  id: t.id, name: t.name, scopes: t.scopes, createdAt: toString(t.createdAt), expiresAt: toString(t.expiresAt),
  lastUsedAt: toString(t.lastUsedAt)
} AS item
ORDER BY cursor
LIMIT $limit
