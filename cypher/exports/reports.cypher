// Which comments the viewer has reported.
// params: viewerId: string, after: string, limit: int
// returns: cursor: string, item: map
MATCH (u:User {id: $viewerId})-[reported:REPORTED]->(c:Comment)
WHERE c.id > $after
RETURN c.id AS cursor, {
  commentId: c.id, reason: reported.reason
} AS item
ORDER BY cursor
LIMIT $limit
