// Calls a schedule off, unless its time has come already. The first SET takes its lock. What was pinned goes.
// params: id: string, tenantId: string, viewerId: string|null, roles: [string], event: map, now: datetime
// returns: cancelled: bool
MATCH (t:Tenant {id: $tenantId})
WHERE EXISTS {
  (:User {id: $viewerId})-[mine:MEMBER_OF]->(t)
  WHERE mine.role IN $roles
}
MATCH (s:Schedule {id: $id})
WHERE s.tenantId = t.id
SET s.lockedAt = $now
WITH s, s.state = 'PENDING' AS pending
FOREACH (_ IN CASE WHEN pending THEN [1] ELSE [] END |
  SET s.state = 'CANCELLED', s.dueAt = null
  CREATE (e:Event)
  SET e = $event
)
WITH s, pending
CALL (s, pending) {
  WITH s, pending
  WHERE pending
  MATCH (s)-[:PINS]->(r:Revision)
  DETACH DELETE r
}
RETURN pending AS cancelled
