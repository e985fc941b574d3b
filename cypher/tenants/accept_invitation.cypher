// Makes the viewer a member, as an invitation says, and the invitation goes. The first SET takes the lock of the tenant:
// whoever comes second finds the invitation gone, and members are counted under it. The second takes that of the account,
// under which its memberships are counted: none begins that the end of the account would not see. An invitation holds
// while whoever sent it is there and may still grant its role.
// params: tenant: string, hash: string, viewerId: string, grants: {role: [string]}, plan: string, maxMembers: {plan: int},
//         maxMemberships: int, payloads: {role: string}, event: map, now: datetime
// returns: verdict: string, limit: int|null
MATCH (t:Tenant {id: $tenant})
SET t.lockedAt = $now
WITH t
MATCH (u:User {id: $viewerId})
SET u.lockedAt = $now
WITH t, u
WHERE u.deletedAt IS NULL
MATCH (t)-[:HAS_INVITATION]->(i:Invitation {hash: $hash})
OPTIONAL MATCH (sender:User {id: i.invitedBy})-[sent:MEMBER_OF]->(t)
WHERE sender.deletedAt IS NULL
WITH t, i, u, i.role AS role, i.role IN coalesce($grants[sent.role], []) AS holds,
  EXISTS { (u)-[:MEMBER_OF]->(t) } AS joined,
  COUNT { (u)-[:MEMBER_OF]->(:Tenant) } AS memberships,
  COUNT { (t)<-[:MEMBER_OF]-(:User) } AS members,
  coalesce(t.maxMembers, $maxMembers[coalesce(t.plan, $plan)]) AS limit
WITH t, i, u, role, limit, CASE
    WHEN NOT holds THEN 'GONE'
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
