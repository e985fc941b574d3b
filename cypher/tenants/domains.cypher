// The domains of a tenant, by name; their number is limited.
// params: tenantId: string
// returns: domain: map
MATCH (t:Tenant {id: $tenantId})-[:HAS_DOMAIN]->(d:Domain)
RETURN d {.id, .name, .token, .createdAt, .verifiedAt} AS domain
ORDER BY d.name
