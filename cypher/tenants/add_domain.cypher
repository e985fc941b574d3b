// Notes a domain that a tenant wants to use. One that it has already is returned as it is; several tenants can want the
// same one, and whoever has verified it last has it. The first SET takes the lock of the tenant, under which domains are
// counted.
// params: tenantId: string, viewerId: string, roles: [string], domain: map, maxDomains: int, event: map, now: datetime
// returns: verdict: string, domain: map|null
MATCH (t:Tenant {id: $tenantId})
SET t.lockedAt = $now
WITH t
WHERE EXISTS {
  (:User {id: $viewerId})-[mine:MEMBER_OF]->(t)
  WHERE mine.role IN $roles
}
OPTIONAL MATCH (t)-[:HAS_DOMAIN]->(held:Domain {name: $domain.name})
WITH t, held, COUNT { (t)-[:HAS_DOMAIN]->(:Domain) } AS count
WITH t, held, CASE
    WHEN held IS NOT NULL THEN 'HELD'
    WHEN count >= $maxDomains THEN 'TOO_MANY'
    ELSE 'DONE'
  END AS verdict
FOREACH (_ IN CASE WHEN verdict = 'DONE' THEN [1] ELSE [] END |
  CREATE (t)-[:HAS_DOMAIN]->(d:Domain)
  SET d = $domain
  CREATE (e:Event)
  SET e = $event
)
RETURN verdict, CASE
    WHEN verdict = 'DONE' THEN $domain
    WHEN verdict = 'HELD' THEN held {.id, .name, .token, .createdAt, .verifiedAt}
  END AS domain
