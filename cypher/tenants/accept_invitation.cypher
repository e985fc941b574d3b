// Makes the viewer a member, as an invitation says, and the invitation goes. The first SET takes the lock of the tenant:
// whoever comes second finds the invitation gone, and members are counted under it.
// params: tenant: string, hash: string, viewerId: string, plan: string, maxMembers: {plan: int}, maxMemberships: int,
//         payloads: {role: string}, event: map, now: datetime
// returns: verdict: string, limit: int|null
MATCH (t:Tenant {id: $tenant})
SET t.lockedAt = $now
WITH t
MATCH (t)-[:HAS_INVITATION]->(i:Invitation {hash: $hash})
OPTIONAL MATCH (u:User {id: $viewerId})
WITH t, i, u, i.role AS role,
  EXISTS { (u)-[:MEMBER_OF]->(t) } AS joined,
  COUNT { (u)-[:MEMBER_OF]->(:Tenant) } AS memberships,
  COUNT { (t)<-[:MEMBER_OF]-(:User) } AS members,
  coalesce(t.maxMembers, $maxMembers[coalesce(t.plan, $plan)]) AS limit
WITH t, i, u, role, limit, CASE
    WHEN i.expiresAt <= $now THEN 'EXPIRED'
    WHEN u.email <> i.email THEN 'OTHER_ADDRESS'
    WHEN u.emailVerifiedAt IS NULL THEN 'UNVERIFIED'
    WHEN t.suspendedAt IS NOT NULL THEN 'SUSPENDED'
    WHEN joined THEN 'ALREADY_A_MEMBER'
    WHEN memberships >= $maxMemberships THEN 'TOO_MANY'
    WHEN members >= limit THEN 'FULL'
    ELSE 'DONE'
  END AS verdict
FOREACH (_ IN CASE WHEN verdict = 'DONE' THEN [1] ELSE [] END |
  CREATE (u)-[:MEMBER_OF {role: role, since: $now}]->(t)
  CREATE (e:Event)
  SET e = $event, e.payload = $payloads[role]
  DETACH DELETE i
)
RETURN verdict, limit
