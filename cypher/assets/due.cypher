// Files that somebody has to look after, those first that have waited longest.
// params: limit: int, now: datetime
// returns: id: string, tenantId: string, createdBy: string|null
MATCH (a:Asset)
WHERE a.dueAt <= $now AND a.id IS NOT NULL
RETURN a.id AS id, a.tenantId AS tenantId, a.createdBy AS createdBy
ORDER BY a.dueAt, a.id
LIMIT $limit
