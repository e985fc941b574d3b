// Gives a delivery back, to be attempted after a pause, unless the lease has gone to somebody else. The first SET takes the
// lock.
// params: eventId: string, function: string, leaseId: string, attempts: int, pauseMs: int
// returns: done: bool
MATCH (d:Delivery {eventId: $eventId, function: $function})
SET d.lockedAt = datetime()
WITH d
WHERE d.leaseId = $leaseId
SET d.dueAt = datetime() + duration({milliseconds: $pauseMs}), d.attempts = $attempts
REMOVE d.leaseId
RETURN true AS done
