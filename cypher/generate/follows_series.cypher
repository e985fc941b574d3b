// Generates which series users follow.
// params: rows: [{userId: string, followedId: string, since: datetime}]
// returns: loaded: int
UNWIND $rows AS row
MATCH (u:User {id: row.userId})
CALL (row, u) {
  MATCH (s:Series {id: row.followedId})
  CREATE (u)-[follows:FOLLOWS {followerId: u.id, followedId: s.id, since: row.since}]->(s)
  RETURN follows
}
RETURN count(follows) AS loaded
