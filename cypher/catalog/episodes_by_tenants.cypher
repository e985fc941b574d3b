// Published episodes of each tenant, newest first. A page that is
// read backwards is cut at its other end, and has the same order.
// The tenant leads the order because it leads the index: without it the planner would sort.
// params: forward: [{n: int, id: string, lower: [any], upper: [any]}],
//         backward: the same, limit: int, tenantId: string|null, now: datetime
// returns: n: int, items: [map]
CALL () {
  UNWIND $forward AS key
  CALL (key) {
    MATCH (e:Episode)
    WHERE e.tenantId = key.id
      AND key.lower[0] <= e.publishedAt <= key.upper[0] AND e.id IS NOT NULL
      AND key.lower < [e.publishedAt, e.id] < key.upper
      AND e.active AND e.publishedAt <= $now
      AND ($tenantId IS NULL OR e.tenantId = $tenantId)
      AND EXISTS {
        (e) (()<-[:HAS_SERIES|HAS_EPISODE]-(above WHERE above.active AND above.publishedAt <= $now)){2}
        (:Franchise)<-[:OWNS]-(:Tenant {active: true})
      }
    RETURN e
    ORDER BY e.tenantId DESC, e.publishedAt DESC, e.id DESC
    LIMIT $limit
  }
  RETURN key, e
UNION ALL
  UNWIND $backward AS key
  CALL (key) {
    MATCH (e:Episode)
    WHERE e.tenantId = key.id
      AND key.lower[0] <= e.publishedAt <= key.upper[0] AND e.id IS NOT NULL
      AND key.lower < [e.publishedAt, e.id] < key.upper
      AND e.active AND e.publishedAt <= $now
      AND ($tenantId IS NULL OR e.tenantId = $tenantId)
      AND EXISTS {
        (e) (()<-[:HAS_SERIES|HAS_EPISODE]-(above WHERE above.active AND above.publishedAt <= $now)){2}
        (:Franchise)<-[:OWNS]-(:Tenant {active: true})
      }
    RETURN e
    ORDER BY e.tenantId, e.publishedAt, e.id
    LIMIT $limit
  }
  RETURN key, e
}
MATCH (s:Series)-[has:HAS_EPISODE]->(e)
WITH key.n AS n, e, s, has
ORDER BY e.publishedAt DESC, e.id DESC
RETURN n, collect(e {.id, .tenantId, .slug, .title, .synopsis, .language,
                     .releaseDate, .publishedAt, .linkLabels, .linkUrls, .durationMs,
                     seriesId: s.id, season: has.season, number: has.number}) AS items
