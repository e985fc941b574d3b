// Hides the account of the viewer and ends its sessions, unless a tenant would be left without an owner, or the platform
// without an operator. A tenant of which nobody else is a member is closed. Every tenant of the viewer is told.
// The locks are taken before roles are looked at: for somebody with a role on the platform those of all who have one, in
// the order in which such roles are taken, too, then those of the user and of all their tenants. So of two owners or
// operators who go at once, one stays, and nobody becomes the only owner who is about to go. An event of a tenant has an
// id of its own: the end of the tenant's in place of that of the event. The ids are read before: within FOREACH, Neo4j keeps
// what it has read of a node for the next one, too, where it is read twice.
// params: viewerId: string, sessionId: string|null, deleteAfter: datetime, event: map, removedEvent: map,
//         closedEvent: map, now: datetime
// returns: alone: [string], isLastOperator: bool
OPTIONAL MATCH (me:User {id: $viewerId})
WHERE me.platformRoles IS NOT NULL
OPTIONAL MATCH (holder:User)
WHERE me IS NOT NULL AND holder.platformRoles IS NOT NULL
WITH holder
ORDER BY holder.id
SET holder.rolesLockedAt = $now
WITH count(*) AS locked
MATCH (u:User {id: $viewerId})
SET u.touchedAt = $now
WITH u
WHERE u.deletedAt IS NULL
  AND ($sessionId IS NULL OR EXISTS { (u)-[:HAS_SESSION]->(:Session {id: $sessionId}) })
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
} | t.slug] AS alone, 'OPERATOR' IN coalesce(u.platformRoles, []) AND NOT EXISTS {
  MATCH (other:User)
  WHERE other.platformRoles IS NOT NULL AND 'OPERATOR' IN other.platformRoles AND other.deletedAt IS NULL
    AND other.id <> $viewerId
} AS isLastOperator
WITH u, tenants, bereft, alone, isLastOperator, size(alone) = 0 AND NOT isLastOperator AS goes
OPTIONAL MATCH (u)-[:HAS_SESSION]->(s:Session)
WHERE goes
WITH u, tenants, bereft, alone, isLastOperator, goes, collect(s) AS sessions, $removedEvent AS removed, $closedEvent AS closed
FOREACH (s IN sessions |
  DETACH DELETE s
)
FOREACH (_ IN CASE WHEN goes THEN [1] ELSE [] END |
  SET u.deletedAt = $now, u.deleteAfter = $deleteAfter
  CREATE (e:Event)
  SET e = $event
)
FOREACH (id IN [t IN tenants WHERE goes | t.id] |
  CREATE (r:Event)
  SET r = removed {.*, id: left(removed.id, 21) + right(id, 8), tenantId: id}
)
FOREACH (id IN [t IN bereft WHERE goes | t.id] |
  CREATE (c:Event)
  SET c = closed {.*, id: left(closed.id, 21) + right(id, 8), tenantId: id, subjectId: id}
)
FOREACH (t IN [t IN bereft WHERE goes] |
  SET t.closedAt = $now, t.wasActive = coalesce(t.wasActive, t.active), t.active = false
)
RETURN alone, isLastOperator
