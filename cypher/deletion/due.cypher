// Accounts whose time is up, those that have waited longest first.
// params: limit: int, now: datetime
// returns: id: string
MATCH (u:User)
WHERE u.deleteAfter <= $now AND u.id IS NOT NULL
RETURN u.id AS id
ORDER BY u.deleteAfter, u.id
LIMIT $limit
