// Decides what becomes of a file whose time has come, and takes it on, unless another server has done so. One that is not
// used is looked at twice, so that whoever has just detached it has time. The first SET takes the lock.
// params: id: string, leaseEnds: datetime, reviewAt: datetime, event: map, now: datetime
// returns: step: string, uploadId: string|null
MATCH (a:Asset {id: $id})
SET a.touchedAt = $now
WITH a, EXISTS { (a)<--() } AS used
WHERE a.dueAt <= $now
WITH a, used, a.state = 'READY' AS shown, CASE
    WHEN a.state = 'CHECKING' THEN 'CHECK'
    WHEN a.state = 'READY' AND (used OR a.unusedSince IS NULL) THEN 'KEEP'
    ELSE 'REMOVE'
  END AS step
SET a.unusedSince = CASE WHEN used THEN null WHEN step = 'KEEP' THEN $now ELSE a.unusedSince END,
  a.dueAt = CASE step WHEN 'KEEP' THEN $reviewAt WHEN 'REMOVE' THEN $leaseEnds ELSE a.dueAt END,
  a.state = CASE step WHEN 'REMOVE' THEN 'REMOVING' ELSE a.state END
FOREACH (_ IN CASE WHEN step = 'REMOVE' AND shown THEN [1] ELSE [] END |
  CREATE (e:Event)
  SET e = $event
)
RETURN step, a.uploadId AS uploadId
