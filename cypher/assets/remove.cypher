// Takes a file of a tenant away, unless something uses it or it is being checked. Its objects go next, and its node last.
// The first SET takes the lock of the tenant, the second that of the file.
// params: tenantId: string, viewerId: string, roles: [string], id: string, states: [string],
//         leaseEnds: datetime, event: map, now: datetime
// returns: verdict: string, uploadId: string|null
MATCH (t:Tenant {id: $tenantId})
SET t.lockedAt = $now
WITH t
WHERE EXISTS {
  (:User {id: $viewerId})-[mine:MEMBER_OF]->(t)
  WHERE mine.role IN $roles
}
MATCH (a:Asset {id: $id, tenantId: t.id})
SET a.touchedAt = $now
WITH a, EXISTS { (a)<--() } AS used
WHERE a.state <> 'REMOVING'
WITH a, a.state = 'READY' AS shown, CASE
    WHEN used THEN 'IN_USE'
    WHEN a.state = 'CHECKING' AND a.dueAt > $now THEN 'BUSY'
    WHEN NOT a.state IN $states THEN 'OTHER_STATE'
    ELSE 'REMOVED'
  END AS verdict
FOREACH (_ IN CASE WHEN verdict = 'REMOVED' THEN [1] ELSE [] END |
  SET a.state = 'REMOVING', a.dueAt = $leaseEnds
)
FOREACH (_ IN CASE WHEN verdict = 'REMOVED' AND shown THEN [1] ELSE [] END |
  CREATE (e:Event)
  SET e = $event
)
RETURN verdict, a.uploadId AS uploadId
