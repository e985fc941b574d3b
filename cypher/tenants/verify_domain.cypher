// Notes that a tenant owns a domain. The constraint on verified names makes it fail where another tenant was first.
// params: tenantId: string, id: string, event: map, now: datetime
// returns: domain: map
MATCH (t:Tenant {id: $tenantId})-[:HAS_DOMAIN]->(d:Domain {id: $id})
SET d.verifiedName = d.name, d.verifiedAt = $now
CREATE (e:Event)
SET e = $event
RETURN d {.id, .name, .token, .createdAt, .verifiedAt} AS domain
