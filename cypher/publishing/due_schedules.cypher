// The schedules whose time has come, of all tenants, by the clock of the graph.
// params: limit: int
// returns: id: string, tenantId: string, note: string|null
MATCH (s:Schedule)
WHERE s.dueAt <= datetime() AND s.id IS NOT NULL
RETURN s.id AS id, s.tenantId AS tenantId, s.note AS note
ORDER BY s.dueAt, s.id
LIMIT $limit
