// Gives a sign of life: the lease lasts longer, if it has not gone to somebody else.
// params: eventId: string, function: string, leaseId: string, leaseMs: int
// returns: done: bool
MATCH (d:Delivery {eventId: $eventId, function: $function})
SET d.lockedAt = datetime()
WITH d
WHERE d.leaseId = $leaseId
SET d.dueAt = datetime() + duration({milliseconds: $leaseMs})
RETURN true AS done
