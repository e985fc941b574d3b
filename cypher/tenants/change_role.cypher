// Gives a member another role. The first SET takes the lock of the tenant, under which all roles are read: the last owner
// stays one, whoever changes what at the same time. The second takes that of the member's account: one that is hidden is
// no member.
// params: tenantId: string, viewerId: string, userId: string, role: string, grants: {role: [string]},
//         payloads: {role: string}, event: map, now: datetime
// returns: verdict: string, since: datetime|null
MATCH (t:Tenant {id: $tenantId})
SET t.lockedAt = $now
WITH t
MATCH (:User {id: $viewerId})-[mine:MEMBER_OF]->(t)
OPTIONAL MATCH (u:User {id: $userId})-[theirs:MEMBER_OF]->(t)
SET u.lockedAt = $now
WITH t, theirs, theirs.role AS former, u.deletedAt IS NOT NULL AS hidden, coalesce($grants[mine.role], []) AS granted
WITH theirs, former, CASE
    WHEN theirs IS NULL OR hidden THEN 'NOT_A_MEMBER'
    WHEN NOT $role IN granted OR NOT (former IN granted OR $userId = $viewerId) THEN 'FORBIDDEN'
    WHEN former = 'OWNER' AND $role <> 'OWNER' AND NOT EXISTS {
      (t)<-[owns:MEMBER_OF]-(other:User)
      WHERE owns.role = 'OWNER' AND other.id <> $userId AND other.deletedAt IS NULL
    } THEN 'LAST_OWNER'
    ELSE 'DONE'
  END AS verdict
FOREACH (_ IN CASE WHEN verdict = 'DONE' AND former <> $role THEN [1] ELSE [] END |
  SET theirs.role = $role
  CREATE (e:Event)
  SET e = $event, e.payload = $payloads[former]
)
RETURN verdict, theirs.since AS since
