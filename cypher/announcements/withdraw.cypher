// Takes back what a tenant has asked to be announced, whatever was decided. The first SET takes the lock of the tenant, the
// second that of the announcement.
// params: tenantId: string, viewerId: string, roles: [string], id: string, expectedVersion: int, event: map, now: datetime
// returns: verdict: string, version: int
MATCH (t:Tenant {id: $tenantId})
SET t.lockedAt = $now
WITH t
WHERE EXISTS {
  (:User {id: $viewerId})-[mine:MEMBER_OF]->(t)
  WHERE mine.role IN $roles
}
MATCH (a:Announcement {id: $id})
WHERE a.tenantId = t.id
SET a.lockedAt = $now
WITH a, a.version AS version
WITH a, version, CASE
    WHEN version <> $expectedVersion THEN 'STALE'
    WHEN a.state = 'WITHDRAWN' THEN 'WITHDRAWN'
    ELSE 'DONE'
  END AS verdict
FOREACH (_ IN CASE WHEN verdict = 'DONE' THEN [1] ELSE [] END |
  SET a.state = 'WITHDRAWN', a.updatedAt = $now, a.version = version + 1
  CREATE (e:Event)
  SET e = $event
)
RETURN verdict, version
