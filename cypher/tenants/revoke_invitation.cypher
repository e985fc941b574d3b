// Takes an invitation back, if the viewer may grant its role. The first SET takes the lock of the tenant: it is either
// revoked or accepted.
// params: tenantId: string, viewerId: string, id: string, grants: {role: [string]}, event: map, now: datetime
// returns: allowed: bool
MATCH (t:Tenant {id: $tenantId})
SET t.lockedAt = $now
WITH t
MATCH (t)-[:HAS_INVITATION]->(i:Invitation {id: $id})
OPTIONAL MATCH (:User {id: $viewerId})-[mine:MEMBER_OF]->(t)
WITH i, i.role IN coalesce($grants[mine.role], []) AS allowed
FOREACH (_ IN CASE WHEN allowed THEN [1] ELSE [] END |
  CREATE (e:Event)
  SET e = $event
  DETACH DELETE i
)
RETURN allowed
