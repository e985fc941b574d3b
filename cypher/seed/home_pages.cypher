// Loads the home pages of tenants.
// params: rows: [{id: string, tenantId: string, createdAt: string, rails: string}]
// returns: loaded: int
UNWIND $rows AS row
MATCH (t:Tenant {id: row.tenantId})
MERGE (h:HomePage {id: row.id})
ON CREATE SET h.createdAt = datetime(row.createdAt), h.version = 1
SET h:Page, h.tenantId = t.id, h.slug = 'home', h.title = 'Home', h.active = true, h.rails = row.rails,
  h.publishedAt = coalesce(h.publishedAt, datetime(row.createdAt))
MERGE (t)-[:HAS_HOME_PAGE]->(h)
RETURN count(h) AS loaded
