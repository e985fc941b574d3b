// Takes on what is due, as many of each function as it has places. Until the lease is over nobody else does, so the
// moment at which it ends is the moment at which it is due again. The first SET takes the lock; whether it is
// still due then is looked at by properties(), because what the planner has read from an index it does not read again.
// params: wanted: [{function: string, places: int}], most: int, leaseId: string, leaseMs: int
// returns: function: string, eventId: string, attempts: int, event: map|null
UNWIND $wanted AS want
CALL (want) {
  MATCH (d:Delivery)
  WHERE d.function = want.function AND d.dueAt <= datetime() AND d.seq IS NOT NULL
  RETURN d
  ORDER BY d.function, d.dueAt, d.seq
  LIMIT $most
}
WITH want, collect(d) AS due
UNWIND due[..want.places] AS d
SET d.lockedAt = datetime()
WITH d
WHERE properties(d).dueAt <= datetime()
SET d.dueAt = datetime() + duration({milliseconds: $leaseMs}), d.leaseId = $leaseId, d.attempts = d.attempts + 1
WITH d
OPTIONAL MATCH (e:Event {id: d.eventId})
RETURN d.function AS function, d.eventId AS eventId, d.attempts AS attempts,
  e {.id, .type, .at, .actorId, .subjectId, .tenantId, .correlationId, .payload} AS event
