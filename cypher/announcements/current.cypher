// What is announced now, and viewers see: what has begun last comes first.
// The state leads the order because it leads the index.
// params: forward: [{state: string, lower: [any], upper: [any]}], backward: the same, limit: int, tenantId: string|null,
//         now: datetime
// returns: items: [map]
CALL () {
  UNWIND $forward AS key
  CALL (key) {
    MATCH (a:Announcement)
    USING INDEX a:Announcement(state, from, id)
    WHERE a.state = key.state AND ($tenantId IS NULL OR a.tenantId = $tenantId)
      AND key.lower[0] <= a.from <= key.upper[0] AND a.id IS NOT NULL
      AND key.lower < [a.from, a.id] < key.upper
      AND a.from <= $now AND a.until > $now
      AND EXISTS {
        (a)-[:ANNOUNCES]->(c:Content)
        WHERE c.active AND c.publishedAt <= $now
          AND EXISTS {
            (c) (()<-[:HAS_SERIES|HAS_EPISODE]-(above WHERE above.active AND above.publishedAt <= $now)){0,2}
            (:Franchise)<-[:OWNS]-(:Tenant {active: true})
          }
      }
    RETURN a
    ORDER BY a.state DESC, a.from DESC, a.id DESC
    LIMIT $limit
  }
  RETURN a
UNION ALL
  UNWIND $backward AS key
  CALL (key) {
    MATCH (a:Announcement)
    USING INDEX a:Announcement(state, from, id)
    WHERE a.state = key.state AND ($tenantId IS NULL OR a.tenantId = $tenantId)
      AND key.lower[0] <= a.from <= key.upper[0] AND a.id IS NOT NULL
      AND key.lower < [a.from, a.id] < key.upper
      AND a.from <= $now AND a.until > $now
      AND EXISTS {
        (a)-[:ANNOUNCES]->(c:Content)
        WHERE c.active AND c.publishedAt <= $now
          AND EXISTS {
            (c) (()<-[:HAS_SERIES|HAS_EPISODE]-(above WHERE above.active AND above.publishedAt <= $now)){0,2}
            (:Franchise)<-[:OWNS]-(:Tenant {active: true})
          }
      }
    RETURN a
    ORDER BY a.state, a.from, a.id
    LIMIT $limit
  }
  RETURN a
}
WITH a
ORDER BY a.from DESC, a.id DESC
WITH collect(a) AS all
UNWIND CASE WHEN $forward = [] THEN all[-$limit..] ELSE all[..$limit] END AS a
RETURN collect(a {.id, .contentId, .text, .from, .until}) AS items
