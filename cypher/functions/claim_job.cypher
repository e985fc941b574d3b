// Takes on a job whose time has come: one that nobody is at, and that was begun long enough ago, or one whose server has
// given no sign of life. The first SET takes the lock.
// params: name: string, everyMs: int, leaseId: string, leaseMs: int
// returns: done: bool
MERGE (j:Job {name: $name})
SET j.lockedAt = datetime()
WITH j
WHERE CASE
  WHEN j.leaseUntil IS NOT NULL THEN j.leaseUntil <= datetime()
  ELSE j.startedAt IS NULL OR j.startedAt + duration({milliseconds: $everyMs}) <= datetime()
END
SET j.startedAt = datetime(), j.leaseUntil = datetime() + duration({milliseconds: $leaseMs}), j.leaseId = $leaseId,
  j.runs = coalesce(j.runs, 0) + 1
RETURN true AS done
