// The schedules whose time has come, of all tenants, by the clock of the graph.
// params: limit: int
// returns: id: string, tenantId: string, note: string|null, since: datetime
MATCH (s:Schedule)
WHERE s.dueAt <= datetime() AND s.id IS NOT NULL
RETURN s.id AS id, s.tenantId AS tenantId, s.note AS note, s.dueAt AS since
ORDER BY since, id
LIMIT $limit
