// Loads franchises below their tenants.
// params: rows: [{id: string, tenantId: string, publishedAt: string|null, createdAt: string, properties: map}]
// returns: loaded: int
UNWIND $rows AS row
MATCH (t:Tenant {id: row.tenantId})
MERGE (f:Franchise {id: row.id})
ON CREATE SET f:Content, f.createdAt = datetime(row.createdAt), f.version = 1
SET f += row.properties, f.tenantId = t.id, f.publishedAt = datetime(row.publishedAt)
MERGE (t)-[:OWNS]->(f)
RETURN count(f) AS loaded
