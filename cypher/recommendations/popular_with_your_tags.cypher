// Series with tags that the viewer follows, of which most people are followers: for somebody who has said what they like, and
// watched little. What the viewer has watched is left out.
// Of the viewer, what was followed and watched last is looked at, and of a tag, what was tagged last: so a popular tag costs no
// more than another. The index is named because the planner would take the one that keeps everybody from following twice.
// params: popularWithYourTags: [{n: int, tenantId: string|null, limit: int}], maxHistory: int, maxFollowed: int, maxTagged: int,
//         limit: int, viewerId: string, tenantId: string|null, now: datetime
// returns: n: int, rank: int, id: string
UNWIND $popularWithYourTags AS key
CALL (key) {
  CALL (key) {
    MATCH ()-[mine:WATCHED]->(e)
    USING INDEX mine:WATCHED(userId, lastAt)
    WHERE mine.userId = $viewerId AND mine.lastAt <= $now
    WITH mine, e
    ORDER BY mine.userId DESC, mine.lastAt DESC
    LIMIT $maxHistory
    MATCH (s:Series)-[:HAS_EPISODE]->(e)
    RETURN collect(DISTINCT s) AS seen
  }
  CALL (key) {
    MATCH (:User)-[follows:FOLLOWS]->(g)
    USING INDEX follows:FOLLOWS(followerId, since, followedId)
    WHERE follows.followerId = $viewerId AND follows.since <= $now AND follows.followedId IS NOT NULL
    WITH follows, g
    ORDER BY follows.followerId DESC, follows.since DESC
    LIMIT $maxFollowed
    WITH g
    WHERE g:Tag
    RETURN g
  }
  CALL (key, g) {
    MATCH (c:Content)-[tagged:TAGGED]->()
    WHERE tagged.tagId = g.id AND tagged.at <= $now AND tagged.contentId IS NOT NULL
    WITH c, tagged
    ORDER BY tagged.tagId DESC, tagged.at DESC, tagged.contentId DESC
    LIMIT $maxTagged
    WITH c
    WHERE c:Series AND (key.tenantId IS NULL OR c.tenantId = key.tenantId)
    RETURN c
  }
  WITH c, seen, count(*) AS tags
  WHERE NOT c IN seen
    AND c.active AND c.publishedAt <= $now AND ($tenantId IS NULL OR c.tenantId = $tenantId)
    AND EXISTS {
      (c) (()<-[:HAS_SERIES|HAS_EPISODE]-(above WHERE above.active AND above.publishedAt <= $now)){1}
      (:Franchise)<-[:OWNS]-(:Tenant {active: true})
    }
  WITH c, tags, COUNT { (c)<-[:FOLLOWS]-() } AS followers
  ORDER BY followers DESC, tags DESC, c.id
  LIMIT $limit
  RETURN collect(c) AS found
}
WITH key, found[..key.limit] AS found
UNWIND range(0, size(found) - 1) AS rank
RETURN key.n AS n, rank, found[rank].id AS id
