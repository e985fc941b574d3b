// Takes a domain from a tenant, which others can have then. The first SET takes the lock of the tenant.
// params: tenantId: string, viewerId: string, roles: [string], id: string, event: map, now: datetime
// returns: id: string
MATCH (t:Tenant {id: $tenantId})
SET t.lockedAt = $now
WITH t
WHERE EXISTS {
  (:User {id: $viewerId})-[mine:MEMBER_OF]->(t)
  WHERE mine.role IN $roles
}
MATCH (t)-[:HAS_DOMAIN]->(d:Domain {id: $id})
WITH d, d.id AS id
DETACH DELETE d
CREATE (e:Event)
SET e = $event
RETURN id
