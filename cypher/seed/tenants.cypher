// Loads tenants. One that is suspended or closed stays so, and is what the rows say once it is reinstated.
// params: rows: [{id: string, slug: string, slugSkeleton: string, name: string, description: string,
//         createdAt: string, active: bool}]
// returns: loaded: int
UNWIND $rows AS row
MERGE (t:Tenant {id: row.id})
ON CREATE SET t.createdAt = datetime(row.createdAt), t.version = 1, t.plan = 'STUDIO'
SET t.slug = row.slug, t.slugSkeleton = row.slugSkeleton, t.name = row.name, t.description = row.description,
  t.active = row.active AND t.suspendedAt IS NULL AND t.closedAt IS NULL,
  t.wasActive = CASE WHEN t.suspendedAt IS NULL AND t.closedAt IS NULL THEN null ELSE row.active END
RETURN count(t) AS loaded
