// A tenant as one of its members has it, or as everybody does.
// params: tenantId: string, viewerId: string
// returns: slug: string, active: bool, suspended: bool, role: string|null
MATCH (t:Tenant {id: $tenantId})
OPTIONAL MATCH (:User {id: $viewerId})-[member:MEMBER_OF]->(t)
RETURN t.slug AS slug, t.active AS active, t.suspendedAt IS NOT NULL AS suspended, member.role AS role
