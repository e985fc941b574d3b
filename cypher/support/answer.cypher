// Adds a message to a ticket: from whoever has opened it, or from those who answer for its tenant or for the platform, which
// decides whose turn it is. What was written with the same key is there already. Nothing is returned where the ticket is not
// there for the viewer. The first SET takes the lock of the tenant, the second that of the ticket.
// params: id: string, viewerId: string, sessionId: string|null, tenantId: string|null, roles: [string], message: map,
//         creationKey: string|null, maxMessages: int, event: map, now: datetime
// returns: verdict: string
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
OPTIONAL MATCH (before:TicketMessage {creationKey: $creationKey})
WITH k, isOpener, CASE
    WHEN before IS NOT NULL THEN 'DONE_BEFORE'
    WHEN NOT isOpener AND NOT isSupport THEN 'FORBIDDEN'
    WHEN k.state = 'CLOSED' THEN 'CLOSED'
    WHEN COUNT { (k)-[:HAS_MESSAGE]->(:TicketMessage) } >= $maxMessages THEN 'FULL'
    ELSE 'DONE'
  END AS verdict
OPTIONAL MATCH (author:User {id: $viewerId})
WHERE verdict = 'DONE'
FOREACH (u IN CASE WHEN author IS NULL THEN [] ELSE [author] END |
  SET k.state = CASE WHEN isOpener THEN 'OPEN' ELSE 'ANSWERED' END, k.updatedAt = $now, k.version = k.version + 1
  CREATE (k)-[:HAS_MESSAGE]->(m:TicketMessage)
  SET m = $message, m.bySupport = NOT isOpener
  CREATE (u)-[:WROTE]->(m)
  CREATE (e:Event)
  SET e = $event, e.tenantId = CASE WHEN isOpener THEN null ELSE k.tenantId END
)
RETURN verdict
