// Sets the state of a ticket. Whoever has opened it opens and closes it; that it is answered, those say who answer. Nothing is
// returned where the ticket is not there for the viewer. The first SET takes the lock of the tenant, the second that of the
// ticket.
// params: id: string, viewerId: string, sessionId: string|null, tenantId: string|null, roles: [string], state: string,
//         expectedVersion: int, event: map, now: datetime
// returns: verdict: string, version: int
MATCH (k:Ticket {id: $id})
WHERE $tenantId IS NULL OR k.tenantId = $tenantId
OPTIONAL MATCH (t:Tenant {id: k.tenantId})
SET t.lockedAt = $now
SET k.lockedAt = $now
WITH k, k.openerId = $viewerId AS isOpener, EXISTS {
  (:User {id: $viewerId})-[:MEMBER_OF]->(t)
  WHERE t.suspendedAt IS NULL
} AS isMember, EXISTS {
  (:User {id: $viewerId})-[mine:MEMBER_OF]->(t)
  WHERE t.suspendedAt IS NULL AND mine.role IN $roles
} OR (k.tenantId IS NULL AND EXISTS {
  MATCH (actor:User {id: $viewerId})
  WHERE actor.deletedAt IS NULL AND 'OPERATOR' IN actor.platformRoles
    AND ($sessionId IS NULL OR EXISTS { (actor)-[:HAS_SESSION]->(:Session {id: $sessionId}) })
}) AS isSupport
WHERE k.version IS NOT NULL AND (isOpener OR isMember OR isSupport)
WITH k, isOpener, k.version AS version, CASE
    WHEN NOT isSupport AND (NOT isOpener OR $state = 'ANSWERED') THEN 'FORBIDDEN'
    WHEN k.version <> $expectedVersion THEN 'STALE'
    WHEN k.state = $state THEN 'DONE_BEFORE'
    ELSE 'DONE'
  END AS verdict
FOREACH (_ IN CASE WHEN verdict = 'DONE' THEN [1] ELSE [] END |
  SET k.state = $state, k.updatedAt = $now, k.version = version + 1
  CREATE (e:Event)
  SET e = $event, e.tenantId = CASE WHEN isOpener THEN null ELSE k.tenantId END
)
RETURN verdict, version
