// Home pages: of tenants by their slugs, and of the platform by its id. What nobody has made has no rails; a tenant that is
// not there has no row.
// params: tenants: [{n: int, slug: string}], platform: [{n: int, id: string}], tenantId: string|null, now: datetime
// returns: n: int, tenant: map|null, rails: string|null
CALL () {
  UNWIND $tenants AS key
  MATCH (t:Tenant {slug: key.slug})
  WHERE t.active AND ($tenantId IS NULL OR t.id = $tenantId)
  OPTIONAL MATCH (t)-[:HAS_HOME_PAGE]->(h:HomePage)
  WHERE h.active AND h.publishedAt <= $now
  RETURN key.n AS n, t {.id, .slug, .name, .description, .createdAt} AS tenant, h.rails AS rails
UNION ALL
  UNWIND $platform AS key
  OPTIONAL MATCH (h:HomePage {id: key.id})
  RETURN key.n AS n, null AS tenant, h.rails AS rails
}
RETURN n, tenant, rails
