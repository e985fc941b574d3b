// Published series of each tenant, newest first. A page that is
// read backwards is cut at its other end, and has the same order.
// The tenant leads the order because it leads the index: without it the planner would sort.
// params: forward: [{n: int, id: string, lower: [any], upper: [any]}],
//         backward: the same, limit: int, tenantId: string|null, now: datetime
// returns: n: int, items: [map]
CALL () {
  UNWIND $forward AS key
  CALL (key) {
    MATCH (s:Series)
    WHERE s.tenantId = key.id
      AND key.lower[0] <= s.publishedAt <= key.upper[0] AND s.id IS NOT NULL
      AND key.lower < [s.publishedAt, s.id] < key.upper
      AND s.active AND s.publishedAt <= $now
      AND ($tenantId IS NULL OR s.tenantId = $tenantId)
      AND EXISTS {
        (s) (()<-[:HAS_SERIES|HAS_EPISODE]-(above WHERE above.active AND above.publishedAt <= $now)){1}
        (:Franchise)<-[:OWNS]-(:Tenant {active: true})
      }
    RETURN s
    ORDER BY s.tenantId DESC, s.publishedAt DESC, s.id DESC
    LIMIT $limit
  }
  RETURN key, s
UNION ALL
  UNWIND $backward AS key
  CALL (key) {
    MATCH (s:Series)
    WHERE s.tenantId = key.id
      AND key.lower[0] <= s.publishedAt <= key.upper[0] AND s.id IS NOT NULL
      AND key.lower < [s.publishedAt, s.id] < key.upper
      AND s.active AND s.publishedAt <= $now
      AND ($tenantId IS NULL OR s.tenantId = $tenantId)
      AND EXISTS {
        (s) (()<-[:HAS_SERIES|HAS_EPISODE]-(above WHERE above.active AND above.publishedAt <= $now)){1}
        (:Franchise)<-[:OWNS]-(:Tenant {active: true})
      }
    RETURN s
    ORDER BY s.tenantId, s.publishedAt, s.id
    LIMIT $limit
  }
  RETURN key, s
}
MATCH (f:Franchise)-[:HAS_SERIES]->(s)
WITH key.n AS n, s, f
ORDER BY s.publishedAt DESC, s.id DESC
RETURN n, collect(s {.id, .tenantId, .slug, .title, .synopsis, .description, .language,
                     .releaseDate, .publishedAt, .linkLabels, .linkUrls,
                     franchiseId: f.id}) AS items
