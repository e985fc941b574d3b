// Invites an address into a tenant; an earlier invitation of the same address is replaced, if the viewer may grant its
// role, too, and those that are too old go.
// The first SET takes the lock of the tenant, under which members and invitations are counted and roles are read.
// params: tenantId: string, viewerId: string, email: string, invitation: map, grants: {role: [string]},
//         plan: string, maxMembers: {plan: int}, maxOpen: int, maxDaily: int, event: map, now: datetime
// returns: verdict: string, limit: int, tenantName: string
MATCH (t:Tenant {id: $tenantId})
SET t.lockedAt = $now
WITH t
CALL (t) {
  MATCH (t)-[:HAS_INVITATION]->(old:Invitation)
  WHERE old.expiresAt <= $now AND old.email <> $email
  DETACH DELETE old
}
WITH t
MATCH (:User {id: $viewerId})-[mine:MEMBER_OF]->(t)
OPTIONAL MATCH (t)-[:HAS_INVITATION]->(former:Invitation {email: $email})
WHERE former.expiresAt > $now
WITH t, coalesce($grants[mine.role], []) AS granted, former.role AS replaced,
  COUNT { (t)<-[:MEMBER_OF]-(:User) } AS members,
  COUNT { (t)-[:HAS_INVITATION]->(i:Invitation) WHERE i.email <> $email } AS open,
  CASE WHEN t.invitedOn = date($now) THEN t.invitedCount ELSE 0 END AS sent,
  coalesce(t.maxMembers, $maxMembers[coalesce(t.plan, $plan)]) AS limit
WITH t, sent, limit, CASE
    WHEN NOT $invitation.role IN granted OR NOT coalesce(replaced, $invitation.role) IN granted THEN 'FORBIDDEN'
    WHEN members + open >= limit THEN 'FULL'
    WHEN open >= $maxOpen THEN 'TOO_MANY_OPEN'
    WHEN sent >= $maxDaily THEN 'TOO_MANY_TODAY'
    ELSE 'DONE'
  END AS verdict
FOREACH (_ IN CASE WHEN verdict = 'DONE' THEN [1] ELSE [] END |
  MERGE (i:Invitation {tenantId: $tenantId, email: $email})
  MERGE (t)-[:HAS_INVITATION]->(i)
  SET i = $invitation, t.invitedOn = date($now), t.invitedCount = sent + 1
  CREATE (e:Event)
  SET e = $event
)
RETURN verdict, limit, t.name AS tenantName
