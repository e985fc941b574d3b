// Who follows each thing, the newest follower first. A popular one has very many, so a page is read from the index of
// FOLLOWS and never by expanding it. A page that is read backwards is cut at its other end, and has
// the same order.
// params: forward: [{n: int, id: string, lower: [any], upper: [any]}], backward: the same, limit: int
// returns: n: int, items: [{id: string, since: datetime}]
CALL () {
  UNWIND $forward AS key
  CALL (key) {
    MATCH (u:User)-[follows:FOLLOWS]->()
    USING INDEX follows:FOLLOWS(followedId, since, followerId)
    WHERE follows.followedId = key.id
      AND key.lower[0] <= follows.since <= key.upper[0] AND follows.followerId IS NOT NULL
      AND key.lower < [follows.since, follows.followerId] < key.upper
      AND u.deletedAt IS NULL
    RETURN follows
    ORDER BY follows.followedId DESC, follows.since DESC, follows.followerId DESC
    LIMIT $limit
  }
  RETURN key, follows
UNION ALL
  UNWIND $backward AS key
  CALL (key) {
    MATCH (u:User)-[follows:FOLLOWS]->()
    USING INDEX follows:FOLLOWS(followedId, since, followerId)
    WHERE follows.followedId = key.id
      AND key.lower[0] <= follows.since <= key.upper[0] AND follows.followerId IS NOT NULL
      AND key.lower < [follows.since, follows.followerId] < key.upper
      AND u.deletedAt IS NULL
    RETURN follows
    ORDER BY follows.followedId, follows.since, follows.followerId
    LIMIT $limit
  }
  RETURN key, follows
}
WITH key.n AS n, follows
ORDER BY follows.since DESC, follows.followerId DESC
RETURN n, collect({id: follows.followerId, since: follows.since}) AS items
