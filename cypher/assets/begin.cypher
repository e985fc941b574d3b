// Begins an upload if there is room for it; what has been begun with the same key is found again.
// The first SET takes the lock of the tenant, under which all of its bytes are counted, those that are on their way, and
// those of smaller variants, too.
// params: tenantId: string, viewerId: string, roles: [string], asset: map, creationKey: string|null, plan: string,
//         maxStorageBytes: {plan: int}, maxPending: int, now: datetime
// returns: verdict: string, id: string, room: int
MATCH (t:Tenant {id: $tenantId})
SET t.lockedAt = $now
WITH t
WHERE EXISTS {
  (:User {id: $viewerId})-[mine:MEMBER_OF]->(t)
  WHERE mine.role IN $roles
}
OPTIONAL MATCH (before:Asset {creationKey: $creationKey, tenantId: $tenantId})
CALL (t) {
  MATCH (a:Asset)
  WHERE a.tenantId = t.id AND a.bytes IS NOT NULL
  RETURN coalesce(sum(a.bytes + coalesce(a.variantBytes, 0)), 0) AS held,
    count(CASE WHEN a.state IN ['PENDING', 'CHECKING'] THEN 1 END) AS pending
}
WITH before, pending, coalesce(t.maxStorageBytes, $maxStorageBytes[coalesce(t.plan, $plan)]) - held AS room
WITH before, room, CASE
    WHEN before IS NOT NULL THEN 'BEFORE'
    WHEN $asset.bytes > room THEN 'FULL'
    WHEN pending >= $maxPending THEN 'TOO_MANY'
    ELSE 'NOW'
  END AS verdict
FOREACH (_ IN CASE WHEN verdict = 'NOW' THEN [1] ELSE [] END |
  CREATE (a:Asset)
  SET a = $asset
)
RETURN verdict, coalesce(before.id, $asset.id) AS id, room
