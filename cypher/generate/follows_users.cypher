// Generates which users users follow.
// params: rows: [{userId: string, followedId: string, since: datetime}]
// returns: loaded: int
UNWIND $rows AS row
MATCH (u:User {id: row.userId})
CALL (row, u) {
  MATCH (other:User {id: row.followedId})
  CREATE (u)-[follows:FOLLOWS {followerId: u.id, followedId: other.id, since: row.since}]->(other)
  RETURN follows
}
RETURN count(follows) AS loaded
