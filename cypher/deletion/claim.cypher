// Takes an account whose time is up on to be erased, unless another server is at it. A server that was killed in the
// middle is taken for gone after a while, and whoever comes next goes on. The first SET takes the lock.
// params: id: string, abandonedBefore: datetime, now: datetime
// returns: id: string
MATCH (u:User {id: $id})
SET u.touchedAt = $now
WITH u
WHERE u.deleteAfter <= $now AND (u.erasingSince IS NULL OR u.erasingSince <= $abandonedBefore)
SET u.erasingSince = $now
RETURN u.id AS id
