// Loads series below their franchises.
// params: rows: [{id: string, tenantId: string, franchiseId: string, position: int,
//         publishedAt: string|null, createdAt: string, properties: map}]
// returns: loaded: int
UNWIND $rows AS row
MATCH (f:Franchise {id: row.franchiseId})
MERGE (s:Series {id: row.id})
ON CREATE SET s:Content, s.createdAt = datetime(row.createdAt), s.version = 1
SET s += row.properties, s.tenantId = row.tenantId, s.publishedAt = datetime(row.publishedAt)
MERGE (f)-[has:HAS_SERIES]->(s)
SET has.position = row.position
RETURN count(s) AS loaded
