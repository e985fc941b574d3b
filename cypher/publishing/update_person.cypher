// Changes what is said of a person that the tenant has added. The first SET takes the lock.
// params: id: string, expectedVersion: int, changes: map, tenantId: string, viewerId: string|null, roles: [string], event: map,
//         now: datetime
// returns: fits: bool, version: int, person: map
MATCH (t:Tenant {id: $tenantId})
WHERE EXISTS {
  (:User {id: $viewerId})-[mine:MEMBER_OF]->(t)
  WHERE mine.role IN $roles
}
MATCH (p:Person {id: $id})
WHERE p.madeBy = t.id
SET p.lockedAt = $now
WITH p, coalesce(p.version, 1) AS version
WITH p, version, version = $expectedVersion AS fits
FOREACH (_ IN CASE WHEN fits THEN [1] ELSE [] END |
  SET p += $changes, p.version = version + 1
  CREATE (e:Event)
  SET e = $event
)
RETURN fits, coalesce(p.version, 1) AS version, p {.id, .slug, .name, .biography} AS person
