// Generates tags. One that exists stays as it is.
// params: rows: [{id: string, slug: string, name: string, createdAt: datetime}]
// returns: loaded: int
UNWIND $rows AS row
MERGE (g:Tag {slug: row.slug})
ON CREATE SET g.id = row.id, g.name = row.name, g.createdAt = row.createdAt
RETURN count(g) AS loaded
