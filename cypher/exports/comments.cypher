// What the viewer has written.
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
