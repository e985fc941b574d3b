// Hides the account of the viewer and ends its sessions, unless a tenant would be left without an owner.
// The locks of the user and of the tenants are taken before anything is looked at: of two owners who go at once, one stays.
// params: viewerId: string, deleteAfter: datetime, event: map, now: datetime
// returns: alone: [string]
MATCH (u:User {id: $viewerId})
SET u.touchedAt = $now
WITH u
WHERE u.deletedAt IS NULL
OPTIONAL MATCH (u)-[:MEMBER_OF {role: 'OWNER'}]->(t:Tenant)
SET t.lockedAt = $now
WITH u, collect(t) AS owned
WITH u, [t IN owned WHERE NOT EXISTS {
  (t)<-[:MEMBER_OF {role: 'OWNER'}]-(other:User)
  WHERE other.id <> $viewerId AND other.deletedAt IS NULL
} | t.slug] AS alone
OPTIONAL MATCH (u)-[:HAS_SESSION]->(s:Session)
WHERE size(alone) = 0
WITH u, alone, collect(s) AS sessions
FOREACH (s IN sessions |
  DETACH DELETE s
)
FOREACH (_ IN CASE WHEN size(alone) = 0 THEN [1] ELSE [] END |
  SET u.deletedAt = $now, u.deleteAfter = $deleteAfter
  CREATE (e:Event)
  SET e = $event
)
RETURN alone
