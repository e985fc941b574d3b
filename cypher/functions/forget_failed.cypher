// Forgets some of what was given up long ago.
// params: days: int, limit: int
// returns: erased: int
MATCH (d:Delivery)
WHERE d.failedAt <= datetime() - duration({days: $days}) AND d.eventId IS NOT NULL AND d.function IS NOT NULL
WITH d
LIMIT $limit
DELETE d
RETURN count(d) AS erased
