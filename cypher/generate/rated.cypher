// Generates how users have rated series.
// params: rows: [{userId: string, seriesId: string, stars: int, at: datetime}]
// returns: loaded: int
UNWIND $rows AS row
MATCH (u:User {id: row.userId})
CALL (row, u) {
  MATCH (s:Series {id: row.seriesId})
  CREATE (u)-[rated:RATED {stars: row.stars, at: row.at}]->(s)
  RETURN rated
}
RETURN count(rated) AS loaded
