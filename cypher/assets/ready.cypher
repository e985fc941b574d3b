// Shows a file that was checked. The object is there before this is written.
// The first SET takes the lock.
// params: id: string, claim: string, found: map, reviewAt: datetime, event: map, now: datetime
// returns: id: string
MATCH (a:Asset {id: $id})
SET a.touchedAt = $now
WITH a
WHERE a.state = 'CHECKING' AND a.claim = $claim
SET a += $found, a.state = 'READY', a.readyAt = $now, a.dueAt = $reviewAt, a.claim = null, a.uploadId = null, a.checks = null
CREATE (e:Event)
SET e = $event
RETURN a.id AS id
