// Generates which franchises users follow.
// params: rows: [{userId: string, followedId: string, since: datetime}]
// returns: loaded: int
UNWIND $rows AS row
MATCH (u:User {id: row.userId})
CALL (row, u) {
  MATCH (f:Franchise {id: row.followedId})
  CREATE (u)-[follows:FOLLOWS {followerId: u.id, followedId: f.id, since: row.since}]->(f)
  RETURN follows
}
RETURN count(follows) AS loaded
