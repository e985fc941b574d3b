// Series that people watch who have watched the same episodes as the viewer. What the viewer has watched is left out, and so is
// what only one of them watches, so that nobody's history shows.
// Of each history, and of the viewers of each episode, only what was last is looked at: so an episode that everybody has watched
// costs no more than another.
// params: similarViewers: [{n: int, tenantId: string|null, limit: int}], maxHistory: int, maxAlike: int, maxViewers: int,
//         limit: int, viewerId: string, tenantId: string|null, now: datetime
// returns: n: int, rank: int, id: string
UNWIND $similarViewers AS key
CALL (key) {
  CALL (key) {
    MATCH ()-[mine:WATCHED]->(e)
    USING INDEX mine:WATCHED(userId, lastAt)
    WHERE mine.userId = $viewerId AND mine.lastAt <= $now
    WITH mine, e
    ORDER BY mine.userId DESC, mine.lastAt DESC
    LIMIT $maxHistory
    MATCH (s:Series)-[:HAS_EPISODE]->(e)
    WITH mine, e, s
    ORDER BY mine.lastAt DESC
    RETURN collect(e) AS watched, collect(DISTINCT s) AS seen
  }
  UNWIND watched[..$maxAlike] AS alike
  CALL (alike) {
    MATCH (u)-[theirs:WATCHED]->()
    USING INDEX theirs:WATCHED(episodeId, lastAt)
    WHERE theirs.episodeId = alike.id AND theirs.lastAt <= $now
    WITH u, theirs
    ORDER BY theirs.episodeId DESC, theirs.lastAt DESC
    LIMIT $maxViewers
    WITH u
    WHERE u.id <> $viewerId
    RETURN u
  }
  WITH key, seen, u, count(*) AS shared
  ORDER BY shared DESC, u.id
  LIMIT $maxViewers
  CALL (u) {
    MATCH ()-[theirs:WATCHED]->(e)
    USING INDEX theirs:WATCHED(userId, lastAt)
    WHERE theirs.userId = u.id AND theirs.lastAt <= $now
    RETURN e
    ORDER BY theirs.userId DESC, theirs.lastAt DESC
    LIMIT $maxAlike
  }
  MATCH (c:Series)-[:HAS_EPISODE]->(e)
  WITH key, seen, c, count(DISTINCT u) AS viewers
  WHERE viewers > 1 AND NOT c IN seen
    AND c.active AND c.publishedAt <= $now AND ($tenantId IS NULL OR c.tenantId = $tenantId)
    AND (key.tenantId IS NULL OR c.tenantId = key.tenantId)
    AND EXISTS {
      (c) (()<-[:HAS_SERIES|HAS_EPISODE]-(above WHERE above.active AND above.publishedAt <= $now)){1}
      (:Franchise)<-[:OWNS]-(:Tenant {active: true})
    }
  WITH c, viewers
  ORDER BY viewers DESC, c.id
  LIMIT $limit
  RETURN collect(c) AS found
}
WITH key, found[..key.limit] AS found
UNWIND range(0, size(found) - 1) AS rank
RETURN key.n AS n, rank, found[rank].id AS id
