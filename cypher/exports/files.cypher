// The files of the viewer.
// params: viewerId: string, after: string, limit: int
// returns: cursor: string, item: map
MATCH (u:User {id: $viewerId})-[has:HAS_ASSET]->(a:Asset)
WHERE a.id > $after
RETURN a.id AS cursor, {
  id: a.id, role: has.role, contentType: a.contentType, bytes: a.bytes, createdAt: toString(a.createdAt)
} AS item
ORDER BY cursor
LIMIT $limit
