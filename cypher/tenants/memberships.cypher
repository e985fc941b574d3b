// The tenants that the viewer belongs to, those first that they joined first; suspended ones, too. They are not many, so
// all of them are sorted, and cut to the page.
// params: viewerId: string, tenantId: string|null, key: {lower: [any], upper: [any], limit: int, backward: bool}
// returns: items: [map]
MATCH (:User {id: $viewerId})-[member:MEMBER_OF]->(t:Tenant)
WHERE $key.lower < [member.since, t.id] < $key.upper
  AND ($tenantId IS NULL OR t.id = $tenantId)
WITH member, t
ORDER BY member.since, t.id
WITH collect({
    tenant: t {.id, .slug, .name, .description, .createdAt}, role: member.role, since: member.since,
    suspended: t.suspendedAt IS NOT NULL, suspensionReason: t.suspensionReason
  }) AS found
RETURN CASE WHEN $key.backward THEN found[-$key.limit..] ELSE found[..$key.limit] END AS items
