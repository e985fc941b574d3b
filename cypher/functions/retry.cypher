// Puts a delivery that was given up at the end of its lane, as hand_out does with new ones, and with the same locks.
// Whoever does it still has to be an operator under the lock.
// params: viewerId: string, sessionId: string|null, eventId: string, function: string, event: map
// returns: done: bool
MERGE (q:Queue {name: 'functions'})
SET q.lockedAt = datetime()
WITH q
MATCH (d:Delivery {eventId: $eventId, function: $function})
SET d.lockedAt = datetime()
WITH q, d
WHERE d.failedAt IS NOT NULL AND EXISTS {
  MATCH (actor:User {id: $viewerId})
  WHERE actor.deletedAt IS NULL AND 'OPERATOR' IN actor.platformRoles
    AND ($sessionId IS NULL OR EXISTS { (actor)-[:HAS_SESSION]->(:Session {id: $sessionId}) })
}
MATCH (s:Event {id: d.eventId})
WITH q, d, d.function + ' ' + coalesce(s.subjectId, s.tenantId, s.id) AS lane, coalesce(q.last, 0) + 1 AS seq
SET q.last = seq
WITH d, lane, seq
CALL (lane) {
  OPTIONAL MATCH (t:Delivery)
  WHERE t.lane = lane AND t.seq IS NOT NULL
  WITH t
  ORDER BY t.lane DESC, t.seq DESC
  LIMIT 1
  SET t.lockedAt = datetime()
  RETURN t
}
WITH d, lane, seq, properties(t).lane IS NULL AS isFree
SET d.lane = lane, d.seq = seq, d.attempts = 0, d.dueAt = CASE WHEN isFree THEN datetime() END
REMOVE d.failedAt, d.error
CREATE (e:Event)
SET e = $event
RETURN true AS done
