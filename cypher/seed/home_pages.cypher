// Loads the home pages of tenants.
// params: rows: [{id: string, tenantId: string, createdAt: string, rails: string}]
// returns: loaded: int
UNWIND $rows AS row
MATCH (t:Tenant {id: row.tenantId})
MERGE (h:HomePage {id: row.id})
ON CREATE SET h.createdAt = datetime(row.createdAt), h.version = 1
SET h.tenantId = t.id, h.rails = row.rails
MERGE (t)-[:HAS_HOME_PAGE]->(h)
RETURN count(h) AS loaded
