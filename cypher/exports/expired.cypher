// Exports that nobody can fetch any more, but whose files are there.
// params: limit: int, now: datetime
// returns: id: string, key: string
MATCH (x:Export)
WHERE x.expiresAt <= $now AND x.id IS NOT NULL
RETURN x.id AS id, x.key AS key
ORDER BY x.expiresAt, x.id
LIMIT $limit
