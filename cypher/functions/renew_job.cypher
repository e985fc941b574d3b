// Gives a sign of life: the lease of a job lasts longer, if it has not gone to somebody else. Without a length, the job is
// done.
// params: name: string, leaseId: string, leaseMs: int|null
// returns: done: bool
MATCH (j:Job {name: $name})
SET j.lockedAt = datetime()
WITH j
WHERE j.leaseId = $leaseId
SET j.leaseUntil = CASE WHEN $leaseMs IS NOT NULL THEN datetime() + duration({milliseconds: $leaseMs}) END
RETURN true AS done
