// A tenant as one of its members has it, or as everybody does. Whose session has ended, or whose account is to be
// deleted, is no member any more.
// params: tenantId: string, viewerId: string, sessionId: string|null, now: datetime
// returns: slug: string, active: bool, suspended: bool, role: string|null
MATCH (t:Tenant {id: $tenantId})
OPTIONAL MATCH (u:User {id: $viewerId})-[member:MEMBER_OF]->(t)
WHERE u.deletedAt IS NULL
  AND ($sessionId IS NULL OR EXISTS {
    (u)-[:HAS_SESSION]->(s:Session {id: $sessionId})
    WHERE s.expiresAt > $now
  })
RETURN t.slug AS slug, t.active AS active, t.suspendedAt IS NOT NULL AS suspended, member.role AS role
