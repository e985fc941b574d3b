// Says where renditions of a video are that were made elsewhere. What was said before is replaced.
// The first SET takes the lock of the tenant, the second that of the file.
// params: tenantId: string, viewerId: string, roles: [string], id: string, expectedVersion: int|null, renditions: map,
//         event: map, now: datetime
// returns: verdict: string, version: int
MATCH (t:Tenant {id: $tenantId})
SET t.lockedAt = $now
WITH t
WHERE EXISTS {
  (:User {id: $viewerId})-[mine:MEMBER_OF]->(t)
  WHERE mine.role IN $roles
}
MATCH (a:Asset {id: $id, tenantId: t.id})
SET a.touchedAt = $now
WITH a, coalesce(a.version, 1) AS version
WHERE a.state <> 'REMOVING'
WITH a, version, CASE
    WHEN a.kind <> 'VIDEO' OR a.state <> 'READY' THEN 'NO_VIDEO'
    WHEN version <> $expectedVersion THEN 'STALE'
    ELSE 'DONE'
  END AS verdict
FOREACH (_ IN CASE WHEN verdict = 'DONE' THEN [1] ELSE [] END |
  SET a += $renditions, a.version = version + 1
  CREATE (e:Event)
  SET e = $event
)
RETURN verdict, version
