// Generates what users have watched. Every pair is given once, so there is nothing to look for. The relationship repeats the
// ids of both its ends and of the tenant, because its indexes find what was watched last by, of and where.
// params: rows: [{userId: string, episodeId: string, positionMs: int, completion: float, plays: int,
//         firstAt: datetime, lastAt: datetime}]
// returns: loaded: int
UNWIND $rows AS row
MATCH (u:User {id: row.userId})
CALL (row, u) {
  MATCH (e:Episode {id: row.episodeId})
  CREATE (u)-[watched:WATCHED {userId: u.id, episodeId: e.id, tenantId: e.tenantId, positionMs: row.positionMs,
                               completion: row.completion, plays: row.plays, firstAt: row.firstAt, lastAt: row.lastAt}]->(e)
  RETURN watched
}
RETURN count(watched) AS loaded
