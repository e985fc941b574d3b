// What happened to the viewer without them. Where others did it from is not told: it is theirs.
// params: viewerId: string, after: string, limit: int
// returns: cursor: string, item: map
MATCH (e:Event)
WHERE e.subjectId = $viewerId AND e.at IS NOT NULL AND e.id > $after AND coalesce(e.actorId, '') <> $viewerId
RETURN e.id AS cursor, {id: e.id, type: e.type, at: toString(e.at), tenantId: e.tenantId} AS item
ORDER BY cursor
LIMIT $limit
