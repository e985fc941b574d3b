// Ends a delivery that is done, and makes the next one of its lane due, unless the lease has gone to somebody else. The
// first SET takes the lock.
// params: eventId: string, function: string, leaseId: string
// returns: done: bool
MATCH (d:Delivery {eventId: $eventId, function: $function})
SET d.lockedAt = datetime()
WITH d
WHERE d.leaseId = $leaseId
WITH d, d.lane AS lane, d.seq AS seq
CALL (lane, seq) {
  OPTIONAL MATCH (n:Delivery)
  WHERE n.lane = lane AND n.seq > seq
  WITH n
  ORDER BY n.lane, n.seq
  LIMIT 1
  SET n.dueAt = datetime()
}
DELETE d
RETURN true AS done
