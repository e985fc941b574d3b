// Keeps why a file was refused, and no bytes for it any more.
// The first SET takes the lock.
// params: id: string, claim: string, code: string, message: string, removeAt: datetime, now: datetime
// returns: id: string
MATCH (a:Asset {id: $id})
SET a.touchedAt = $now
WITH a
WHERE a.state = 'CHECKING' AND a.claim = $claim
SET a.state = 'REFUSED', a.refusalCode = $code, a.refusalMessage = $message, a.declaredBytes = a.bytes, a.bytes = null,
  a.dueAt = $removeAt, a.claim = null
RETURN a.id AS id
