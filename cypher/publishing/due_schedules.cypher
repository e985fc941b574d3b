// The schedules whose time has come, of all tenants, by the clock of the graph.
// params: limit: int
// returns: id: string, tenantId: string, note: string|null, dueAt: datetime
MATCH (s:Schedule)
WHERE s.dueAt <= datetime() AND s.id IS NOT NULL
RETURN s.id AS id, s.tenantId AS tenantId, s.note AS note, s.dueAt AS dueAt
ORDER BY dueAt, id
LIMIT $limit
