// A domain of a tenant.
// params: tenantId: string, id: string
// returns: domain: map
MATCH (t:Tenant {id: $tenantId})-[:HAS_DOMAIN]->(d:Domain {id: $id})
RETURN d {.id, .name, .token, .createdAt, .verifiedAt} AS domain
