// What the viewer has written.
// No index leads from a user to them, so each page expands all that the viewer has written and keeps the first: it costs
// what one person can write, and no page costs what others have.
// params: viewerId: string, after: string, limit: int
// returns: cursor: string, item: map
MATCH (u:User {id: $viewerId})-[:WROTE]->(c:Comment)
WHERE c.id > $after
RETURN c.id AS cursor, {
  id: c.id, subjectId: c.subjectId, parentId: c.parentId, body: c.body, status: c.status, anchorMs: c.anchorMs,
  createdAt: toString(c.createdAt)
} AS item
ORDER BY cursor
LIMIT $limit
