// Generates what users have watched. Every pair is given once, so there is nothing to look for.
// params: rows: [{userId: string, episodeId: string, positionMs: int, completion: float, plays: int,
//         firstAt: datetime, lastAt: datetime}]
// returns: loaded: int
UNWIND $rows AS row
MATCH (u:User {id: row.userId})
CALL (row, u) {
  MATCH (e:Episode {id: row.episodeId})
  CREATE (u)-[watched:WATCHED {positionMs: row.positionMs, completion: row.completion, plays: row.plays,
                               firstAt: row.firstAt, lastAt: row.lastAt}]->(e)
  RETURN watched
}
RETURN count(watched) AS loaded
