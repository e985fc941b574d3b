// The viewer's access tokens, newest first; there are few of them. Their hashes stay here.
// params: viewerId: string, lower: [any], upper: [any], limit: int, backward: bool
// returns: items: [map]
MATCH (:User {id: $viewerId})-[:HAS_ACCESS_TOKEN]->(t:AccessToken)
WHERE $lower < [t.createdAt, t.id] < $upper
WITH t
ORDER BY t.createdAt DESC, t.id DESC
WITH collect(t {.id, .name, .scopes, .createdAt, .lastUsedAt, .expiresAt}) AS all
RETURN CASE WHEN $backward THEN all[-$limit..] ELSE all[..$limit] END AS items
