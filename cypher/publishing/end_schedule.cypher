// Writes down what came of a schedule. The first SET takes its lock; one that has ended stays as it is.
// What was pinned and could not be shown goes.
// params: id: string, state: string, failure: string|null, releaseId: string|null, tenantId: string, event: map, now: datetime
// returns: id: string
MATCH (s:Schedule {id: $id})
WHERE s.tenantId = $tenantId
SET s.lockedAt = $now
WITH s
WHERE s.state = 'PENDING'
SET s.state = $state, s.failure = $failure, s.releaseId = $releaseId, s.dueAt = null
CREATE (e:Event)
SET e = $event
WITH s
CALL (s) {
  WITH s
  WHERE s.state = 'FAILED'
  MATCH (s)-[:PINS]->(r:Revision)
  DETACH DELETE r
}
RETURN s.id AS id
