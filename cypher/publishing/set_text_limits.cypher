// Sets how long the descriptions of a tenant's pages may be. The first SET takes the lock of the tenant.
// params: tenantId: string, viewerId: string|null, roles: [string], shortDescription: int, longDescription: int, event: map,
//         now: datetime
// returns: shortDescription: int, longDescription: int
MATCH (t:Tenant {id: $tenantId})
SET t.lockedAt = $now
WITH t
WHERE EXISTS {
  (:User {id: $viewerId})-[mine:MEMBER_OF]->(t)
  WHERE mine.role IN $roles
}
SET t.maxShortDescription = $shortDescription, t.maxLongDescription = $longDescription
CREATE (e:Event)
SET e = $event
RETURN t.maxShortDescription AS shortDescription, t.maxLongDescription AS longDescription
