// Attaches files whose objects are already in the bucket.
// params: rows: [{id: string, tenantId: string, contentId: string, role: string, createdAt: string, key: string,
//         contentType: string, bytes: int, checksum: string, properties: map}]
// returns: loaded: int
UNWIND $rows AS row
MATCH (c:Content {id: row.contentId})
MERGE (a:Asset {id: row.id})
ON CREATE SET a.createdAt = datetime(row.createdAt), a.version = 1
SET a += row.properties, a.tenantId = row.tenantId, a.key = row.key, a.contentType = row.contentType,
  a.bytes = row.bytes, a.checksum = row.checksum, a.state = 'READY'
MERGE (c)-[has:HAS_ASSET]->(a)
SET has.role = row.role
RETURN count(a) AS loaded
