// Loads people. A person who exists keeps the id.
// params: rows: [{id: string, slug: string, name: string, biography: string}]
// returns: loaded: int
UNWIND $rows AS row
MERGE (p:Person {slug: row.slug})
ON CREATE SET p.id = row.id, p.createdAt = datetime()
SET p.name = row.name, p.biography = row.biography
RETURN count(p) AS loaded
