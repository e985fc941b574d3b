// The access tokens of the viewer by their names, without the tokens. The WITH keeps the planner from beginning at all tokens
// after the last one, which it does where there are few.
// params: viewerId: string, after: string, limit: int
// returns: cursor: string, item: map
MATCH (u:User {id: $viewerId})-[:HAS_ACCESS_TOKEN]->(t:AccessToken)
WITH t
WHERE t.id > $after
RETURN t.id AS cursor, {
  id: t.id, name: t.name, scopes: t.scopes, createdAt: toString(t.createdAt), expiresAt: toString(t.expiresAt),
  lastUsedAt: toString(t.lastUsedAt)
} AS item
ORDER BY cursor
LIMIT $limit
