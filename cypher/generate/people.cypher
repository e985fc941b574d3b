// Generates people.
// params: rows: [{id: string, slug: string, name: string, biography: string, createdAt: datetime}]
// returns: loaded: int
UNWIND $rows AS row
CREATE (p:Person {id: row.id, slug: row.slug, name: row.name, biography: row.biography, createdAt: row.createdAt})
RETURN count(p) AS loaded
