// Changes what a tenant says of itself, if its version is still the one that the editor has read. A change to null takes a
// value away. The first SET takes the lock of the tenant.
// params: tenantId: string, viewerId: string, roles: [string], expectedVersion: int, changes: map, event: map, now: datetime
// returns: fits: bool, version: int
MATCH (t:Tenant {id: $tenantId})
SET t.lockedAt = $now
WITH t
WHERE EXISTS {
  (:User {id: $viewerId})-[mine:MEMBER_OF]->(t)
  WHERE mine.role IN $roles
}
WITH t, coalesce(t.version, 1) AS version
WITH t, version, version = $expectedVersion AS fits
FOREACH (_ IN CASE WHEN fits THEN [1] ELSE [] END |
  SET t += $changes, t.version = version + 1
  CREATE (e:Event)
  SET e = $event
)
RETURN fits, version
