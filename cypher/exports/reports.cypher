// Which comments the viewer has reported.
// No index leads from a user to them, so each page expands all that the viewer has reported and keeps the first: it costs
// what one person can report, and no page costs what others have.
// params: viewerId: string, after: string, limit: int
// returns: cursor: string, item: map
MATCH (u:User {id: $viewerId})-[reported:REPORTED]->(c:Comment)
WHERE c.id > $after
RETURN c.id AS cursor, {
  commentId: c.id, reason: reported.reason
} AS item
ORDER BY cursor
LIMIT $limit
