// Gives a file back that could not be checked yet, as if nobody had begun to.
// The first SET takes the lock.
// params: id: string, claim: string, now: datetime
// returns: id: string
MATCH (a:Asset {id: $id})
SET a.touchedAt = $now
WITH a
WHERE a.state = 'CHECKING' AND a.claim = $claim
SET a.state = 'PENDING', a.claim = null, a.dueAt = a.expiresAt, a.checks = a.checks - 1
RETURN a.id AS id
