// Opens a ticket with its first message, at a tenant or, without one, at those who run the platform; what was opened with
// the same key is found again. A tenant that the viewer may not see is not there. The first SET takes the lock of the user,
// under which open tickets, and those of one day, are counted.
// params: viewerId: string, tenantId: string|null, deskId: string|null, ticket: map, message: map,
//         creationKey: string|null, maxOpen: int, maxDaily: int, event: map, now: datetime
// returns: verdict: string, id: string
MATCH (u:User {id: $viewerId})
SET u.touchedAt = $now
WITH u
WHERE u.deletedAt IS NULL
OPTIONAL MATCH (before:Ticket {creationKey: $creationKey, openerId: u.id})
OPTIONAL MATCH (t:Tenant {id: $deskId})
WHERE ($tenantId IS NULL OR t.id = $tenantId)
  AND (t.active OR (t.suspendedAt IS NULL AND EXISTS { (u)-[:MEMBER_OF]->(t) }))
WITH u, before, CASE
    WHEN before IS NOT NULL THEN 'BEFORE'
    WHEN $deskId IS NOT NULL AND t IS NULL THEN 'NO_TENANT'
    WHEN COUNT { MATCH (u)-[:HAS_TICKET]->(k:Ticket) WHERE k.state <> 'CLOSED' } >= $maxOpen THEN 'TOO_MANY'
    WHEN COUNT { MATCH (u)-[:HAS_TICKET]->(k:Ticket) WHERE k.createdAt > $now - duration('P1D') } >= $maxDaily THEN 'TOO_MANY'
    ELSE 'NOW'
  END AS verdict
FOREACH (_ IN CASE WHEN verdict = 'NOW' THEN [1] ELSE [] END |
  CREATE (u)-[:HAS_TICKET]->(k:Ticket)
  SET k = $ticket
  CREATE (k)-[:HAS_MESSAGE]->(m:TicketMessage)
  SET m = $message
  CREATE (u)-[:WROTE]->(m)
  CREATE (e:Event)
  SET e = $event
)
RETURN verdict, coalesce(before.id, $ticket.id) AS id
