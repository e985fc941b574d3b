// What each user follows, what was followed last first, as far as a viewer may see it. A page that is read
// backwards is cut at its other end, and has the same order.
// The index is named because the planner would take the one that keeps everybody from following twice, and sort.
// params: forward: [{n: int, id: string, labels: [string], lower: [any], upper: [any]}], backward: the same,
//         limit: int, tenantId: string|null, now: datetime
// returns: n: int, items: [{id: string, since: datetime}]
CALL () {
  UNWIND $forward AS key
  CALL (key) {
    MATCH (:User)-[follows:FOLLOWS]->(x)
    USING INDEX follows:FOLLOWS(followerId, since, followedId)
    WHERE follows.followerId = key.id
      AND key.lower[0] <= follows.since <= key.upper[0] AND follows.followedId IS NOT NULL
      AND key.lower < [follows.since, follows.followedId] < key.upper
      AND any(label IN labels(x) WHERE label IN key.labels)
      AND CASE
        WHEN x:User THEN x.deletedAt IS NULL
        WHEN x:Tag THEN EXISTS {
          (x)<-[:TAGGED]-(c:Content)
          WHERE c.active AND c.publishedAt <= $now AND ($tenantId IS NULL OR c.tenantId = $tenantId)
            AND EXISTS {
              (c) (()<-[:HAS_SERIES|HAS_EPISODE]-(above WHERE above.active AND above.publishedAt <= $now)){0,2}
              (:Franchise)<-[:OWNS]-(:Tenant {active: true})
            }
        }
        ELSE x.active AND x.publishedAt <= $now AND ($tenantId IS NULL OR x.tenantId = $tenantId)
          AND EXISTS {
            (x) (()<-[:HAS_SERIES|HAS_EPISODE]-(above WHERE above.active AND above.publishedAt <= $now)){0,2}
            (:Franchise)<-[:OWNS]-(:Tenant {active: true})
          }
      END
    RETURN follows
    ORDER BY follows.followerId DESC, follows.since DESC, follows.followedId DESC
    LIMIT $limit
  }
  RETURN key, follows
UNION ALL
  UNWIND $backward AS key
  CALL (key) {
    MATCH (:User)-[follows:FOLLOWS]->(x)
    USING INDEX follows:FOLLOWS(followerId, since, followedId)
    WHERE follows.followerId = key.id
      AND key.lower[0] <= follows.since <= key.upper[0] AND follows.followedId IS NOT NULL
      AND key.lower < [follows.since, follows.followedId] < key.upper
      AND any(label IN labels(x) WHERE label IN key.labels)
      AND CASE
        WHEN x:User THEN x.deletedAt IS NULL
        WHEN x:Tag THEN EXISTS {
          (x)<-[:TAGGED]-(c:Content)
          WHERE c.active AND c.publishedAt <= $now AND ($tenantId IS NULL OR c.tenantId = $tenantId)
            AND EXISTS {
              (c) (()<-[:HAS_SERIES|HAS_EPISODE]-(above WHERE above.active AND above.publishedAt <= $now)){0,2}
              (:Franchise)<-[:OWNS]-(:Tenant {active: true})
            }
        }
        ELSE x.active AND x.publishedAt <= $now AND ($tenantId IS NULL OR x.tenantId = $tenantId)
          AND EXISTS {
            (x) (()<-[:HAS_SERIES|HAS_EPISODE]-(above WHERE above.active AND above.publishedAt <= $now)){0,2}
            (:Franchise)<-[:OWNS]-(:Tenant {active: true})
          }
      END
    RETURN follows
    ORDER BY follows.followerId, follows.since, follows.followedId
    LIMIT $limit
  }
  RETURN key, follows
}
WITH key.n AS n, follows
ORDER BY follows.since DESC, follows.followedId DESC
RETURN n, collect({id: follows.followedId, since: follows.since}) AS items
