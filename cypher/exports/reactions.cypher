// How the viewer has reacted to comments.
// No index leads from a user to them, so each page expands all that the viewer has reacted to and keeps the first: it costs
// what one person can react to, and no page costs what others have.
// params: viewerId: string, after: string, limit: int
// returns: cursor: string, item: map
MATCH (u:User {id: $viewerId})-[reacted:REACTED]->(c:Comment)
WHERE c.id > $after
RETURN c.id AS cursor, {
  commentId: c.id, kind: reacted.kind
} AS item
ORDER BY cursor
LIMIT $limit
