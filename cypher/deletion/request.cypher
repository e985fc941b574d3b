// Hides the account of the viewer and ends its sessions, unless a tenant would be left without an owner. One of which
// nobody else is a member is closed. Every tenant of the viewer is told.
// The locks of the user and of all their tenants are taken before roles are looked at: of two owners who go at once, one
// stays, and nobody becomes the only owner who is about to go. An event of a tenant has an id of its own: the end of the
// tenant's in place of that of the event.
// params: viewerId: string, deleteAfter: datetime, event: map, removedEvent: map, closedEvent: map, now: datetime
// returns: alone: [string]
MATCH (u:User {id: $viewerId})
SET u.touchedAt = $now
WITH u
WHERE u.deletedAt IS NULL
OPTIONAL MATCH (u)-[:MEMBER_OF]->(t:Tenant)
WITH u, t
ORDER BY t.id
SET t.lockedAt = $now
WITH u, collect(t) AS locked
WITH u, [t IN locked WHERE EXISTS { (u)-[:MEMBER_OF]->(t) }] AS tenants
WITH u, tenants, [t IN tenants WHERE EXISTS { (u)-[:MEMBER_OF {role: 'OWNER'}]->(t) } AND NOT EXISTS {
  (t)<-[:MEMBER_OF {role: 'OWNER'}]-(other:User)
  WHERE other.id <> $viewerId AND other.deletedAt IS NULL
}] AS bereft
WITH u, tenants, bereft, [t IN bereft WHERE EXISTS {
  (t)<-[:MEMBER_OF]-(other:User)
  WHERE other.id <> $viewerId AND other.deletedAt IS NULL
} | t.slug] AS alone
OPTIONAL MATCH (u)-[:HAS_SESSION]->(s:Session)
WHERE size(alone) = 0
WITH u, tenants, bereft, alone, collect(s) AS sessions
FOREACH (s IN sessions |
  DETACH DELETE s
)
FOREACH (_ IN CASE WHEN size(alone) = 0 THEN [1] ELSE [] END |
  SET u.deletedAt = $now, u.deleteAfter = $deleteAfter
  CREATE (e:Event)
  SET e = $event
)
FOREACH (t IN [t IN tenants WHERE size(alone) = 0] |
  CREATE (r:Event)
  SET r = $removedEvent, r.id = left($removedEvent.id, 21) + right(t.id, 8), r.tenantId = t.id
)
FOREACH (t IN [t IN bereft WHERE size(alone) = 0] |
  SET t.closedAt = $now, t.wasActive = coalesce(t.wasActive, t.active), t.active = false
  CREATE (c:Event)
  SET c = $closedEvent, c.id = left($closedEvent.id, 21) + right(t.id, 8), c.tenantId = t.id, c.subjectId = t.id
)
RETURN alone
