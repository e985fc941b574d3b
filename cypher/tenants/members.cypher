// The members of a tenant, those first that joined first. The tenant's plan limits their number, so all of them are
// sorted, and cut to the page.
// params: tenantId: string, key: {lower: [any], upper: [any], limit: int, backward: bool}
// returns: items: [map]
MATCH (t:Tenant {id: $tenantId})<-[member:MEMBER_OF]-(u:User)
WHERE u.deletedAt IS NULL AND $key.lower < [member.since, u.id] < $key.upper
WITH member, u
ORDER BY member.since, u.id
WITH collect({userId: u.id, role: member.role, since: member.since}) AS found
RETURN CASE WHEN $key.backward THEN found[-$key.limit..] ELSE found[..$key.limit] END AS items
