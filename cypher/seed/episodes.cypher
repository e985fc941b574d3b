// Loads episodes below their series.
// params: rows: [{id: string, tenantId: string, seriesId: string, season: int, number: int,
//         releaseDate: string|null, publishedAt: string|null, createdAt: string, properties: map}]
// returns: loaded: int
UNWIND $rows AS row
MATCH (s:Series {id: row.seriesId})
MERGE (e:Episode {id: row.id})
ON CREATE SET e:Content, e.createdAt = datetime(row.createdAt), e.version = 1
SET e += row.properties, e.tenantId = row.tenantId, e.publishedAt = datetime(row.publishedAt),
  e.releaseDate = date(row.releaseDate)
MERGE (s)-[has:HAS_EPISODE]->(e)
SET has.season = row.season, has.number = row.number
RETURN count(e) AS loaded
