// Loads tenants.
// params: rows: [{id: string, slug: string, name: string, description: string, createdAt: string,
//         active: bool}]
// returns: loaded: int
UNWIND $rows AS row
MERGE (t:Tenant {id: row.id})
ON CREATE SET t.createdAt = datetime(row.createdAt), t.version = 1
SET t.slug = row.slug, t.name = row.name, t.description = row.description, t.active = row.active
RETURN count(t) AS loaded
