// Generates which tags users follow.
// params: rows: [{userId: string, followedSlug: string, since: datetime}]
// returns: loaded: int
UNWIND $rows AS row
MATCH (u:User {id: row.userId})
CALL (row, u) {
  MATCH (g:Tag {slug: row.followedSlug})
  CREATE (u)-[follows:FOLLOWS {followerId: u.id, followedId: g.id, since: row.since}]->(g)
  RETURN follows
}
RETURN count(follows) AS loaded
