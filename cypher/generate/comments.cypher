// Generates comments on episodes.
// params: rows: [{id: string, userId: string, episodeId: string, parentId: string|null, body: string,
//         anchorMs: int|null, createdAt: datetime}]
// returns: loaded: int
UNWIND $rows AS row
MATCH (u:User {id: row.userId})
CALL (row, u) {
  MATCH (e:Episode {id: row.episodeId})
  CREATE (u)-[:WROTE]->(c:Comment {
    id: row.id, tenantId: e.tenantId, subjectId: e.id, parentId: row.parentId, body: row.body, status: 'VISIBLE',
    anchorMs: row.anchorMs, createdAt: row.createdAt, version: 1
  })-[:ON]->(e)
  RETURN c
}
RETURN count(c) AS loaded
