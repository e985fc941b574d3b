// The open invitations of a tenant, oldest first. Their number is limited, so all of them are sorted, and cut to the page.
// params: tenantId: string, key: {lower: [any], upper: [any], limit: int, backward: bool}, now: datetime
// returns: items: [map]
MATCH (t:Tenant {id: $tenantId})-[:HAS_INVITATION]->(i:Invitation)
WHERE i.expiresAt > $now AND $key.lower < [i.createdAt, i.id] < $key.upper
WITH i
ORDER BY i.createdAt, i.id
WITH collect(i {.id, .email, .role, .createdAt, .expiresAt, .invitedBy}) AS found
RETURN CASE WHEN $key.backward THEN found[-$key.limit..] ELSE found[..$key.limit] END AS items
