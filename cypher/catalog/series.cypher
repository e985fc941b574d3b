// Published series of the whole platform, newest first. A page that is
// read backwards is cut at its other end, and has the same order.
// params: forward: [{lower: [any], upper: [any]}],
//         backward: the same, limit: int, tenantId: string|null, now: datetime
// returns: items: [map]
CALL () {
  UNWIND $forward AS key
  CALL (key) {
    MATCH (s:Series)
    WHERE key.lower[0] <= s.publishedAt <= key.upper[0] AND s.id IS NOT NULL
      AND key.lower < [s.publishedAt, s.id] < key.upper
      AND s.active AND s.publishedAt <= $now
      AND ($tenantId IS NULL OR s.tenantId = $tenantId)
      AND EXISTS {
        (s) (()<-[:HAS_SERIES|HAS_EPISODE]-(above WHERE above.active AND above.publishedAt <= $now)){1}
        (:Franchise)<-[:OWNS]-(:Tenant {active: true})
      }
    RETURN s
    ORDER BY s.publishedAt DESC, s.id DESC
    LIMIT $limit
  }
  RETURN s
UNION ALL
  UNWIND $backward AS key
  CALL (key) {
    MATCH (s:Series)
    WHERE key.lower[0] <= s.publishedAt <= key.upper[0] AND s.id IS NOT NULL
      AND key.lower < [s.publishedAt, s.id] < key.upper
      AND s.active AND s.publishedAt <= $now
      AND ($tenantId IS NULL OR s.tenantId = $tenantId)
      AND EXISTS {
        (s) (()<-[:HAS_SERIES|HAS_EPISODE]-(above WHERE above.active AND above.publishedAt <= $now)){1}
        (:Franchise)<-[:OWNS]-(:Tenant {active: true})
      }
    RETURN s
    ORDER BY s.publishedAt, s.id
    LIMIT $limit
  }
  RETURN s
}
MATCH (f:Franchise)-[:HAS_SERIES]->(s)
WITH s, f
ORDER BY s.publishedAt DESC, s.id DESC
RETURN collect(s {.id, .tenantId, .slug, .title, .synopsis, .description, .language,
                  .releaseDate, .publishedAt, .linkLabels, .linkUrls,
                  franchiseId: f.id}) AS items
