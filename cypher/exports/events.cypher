// What the viewer did.
// params: viewerId: string, after: string, limit: int
// returns: cursor: string, item: map
MATCH (e:Event)
WHERE e.actorId = $viewerId AND e.at IS NOT NULL AND e.id > $after
RETURN e.id AS cursor, {
  id: e.id, type: e.type, at: toString(e.at), subjectId: e.subjectId, tenantId: e.tenantId, address: e.address,
  userAgent: e.userAgent, payload: e.payload
} AS item
ORDER BY cursor
LIMIT $limit
