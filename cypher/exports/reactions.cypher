// How the viewer has reacted to comments.
// params: viewerId: string, after: string, limit: int
// returns: cursor: string, item: map
MATCH (u:User {id: $viewerId})-[reacted:REACTED]->(c:Comment)
WHERE c.id > $after
RETURN c.id AS cursor, {
  commentId: c.id, kind: reacted.kind
} AS item
ORDER BY cursor
LIMIT $limit
