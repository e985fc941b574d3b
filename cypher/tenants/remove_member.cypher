// Takes a member out of a tenant; everybody may leave by themselves. The first SET takes the lock of the tenant, under
// which all roles are read: the last owner stays, whoever leaves at the same time. A program with an access token takes
// nobody out who decides about others.
// params: tenantId: string, viewerId: string, userId: string, byProgram: bool, grants: {role: [string]},
//         payloads: {role: string}, event: map, now: datetime
// returns: verdict: string
MATCH (t:Tenant {id: $tenantId})
SET t.lockedAt = $now
WITH t
MATCH (:User {id: $viewerId})-[mine:MEMBER_OF]->(t)
OPTIONAL MATCH (u:User {id: $userId})-[theirs:MEMBER_OF]->(t)
WITH t, theirs, theirs.role AS former, coalesce($grants[mine.role], []) AS granted
WITH theirs, former, CASE
    WHEN theirs IS NULL THEN 'NOT_A_MEMBER'
    WHEN NOT (former IN granted OR $userId = $viewerId) THEN 'FORBIDDEN'
    WHEN $byProgram AND former IN ['ADMIN', 'OWNER'] THEN 'NEEDS_SESSION'
    WHEN former = 'OWNER' AND NOT EXISTS {
      (t)<-[owns:MEMBER_OF]-(other:User)
      WHERE owns.role = 'OWNER' AND other.id <> $userId AND other.deletedAt IS NULL
    } THEN 'LAST_OWNER'
    ELSE 'DONE'
  END AS verdict
FOREACH (_ IN CASE WHEN verdict = 'DONE' THEN [1] ELSE [] END |
  CREATE (e:Event)
  SET e = $event, e.payload = $payloads[former]
  DELETE theirs
)
RETURN verdict
