// Makes another member the owner in place of the viewer, who stays as an admin. The first SET takes the lock of the tenant,
// the second that of the other account: one that is hidden is no member.
// params: tenantId: string, viewerId: string, userId: string, payloads: {role: string}, event: map, now: datetime
// returns: verdict: string, since: datetime|null
MATCH (t:Tenant {id: $tenantId})
SET t.lockedAt = $now
WITH t
MATCH (:User {id: $viewerId})-[mine:MEMBER_OF]->(t)
OPTIONAL MATCH (u:User {id: $userId})-[theirs:MEMBER_OF]->(t)
SET u.lockedAt = $now
WITH mine, theirs, theirs.role AS former, CASE
    WHEN mine.role <> 'OWNER' THEN 'FORBIDDEN'
    WHEN theirs IS NULL OR u.deletedAt IS NOT NULL THEN 'NOT_A_MEMBER'
    ELSE 'DONE'
  END AS verdict
FOREACH (_ IN CASE WHEN verdict = 'DONE' THEN [1] ELSE [] END |
  SET theirs.role = 'OWNER', mine.role = 'ADMIN'
  CREATE (e:Event)
  SET e = $event, e.payload = $payloads[former]
)
RETURN verdict, theirs.since AS since
