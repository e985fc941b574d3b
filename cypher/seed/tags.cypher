// Loads tags. A tag that exists keeps its id.
// params: rows: [{id: string, slug: string, name: string}]
// returns: loaded: int
UNWIND $rows AS row
MERGE (g:Tag {slug: row.slug})
ON CREATE SET g.id = row.id, g.createdAt = datetime()
SET g.name = row.name
RETURN count(g) AS loaded
