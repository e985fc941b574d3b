// Published franchises of each tenant, newest first. A page that is
// read backwards is cut at its other end, and has the same order.
// The tenant leads the order because it leads the index: without it the planner would sort.
// params: forward: [{n: int, id: string, lower: [any], upper: [any]}],
//         backward: the same, limit: int, tenantId: string|null, now: datetime
// returns: n: int, items: [map]
CALL () {
  UNWIND $forward AS key
  CALL (key) {
    MATCH (f:Franchise)
    WHERE f.tenantId = key.id
      AND key.lower[0] <= f.publishedAt <= key.upper[0] AND f.id IS NOT NULL
      AND key.lower < [f.publishedAt, f.id] < key.upper
      AND f.active AND f.publishedAt <= $now
      AND ($tenantId IS NULL OR f.tenantId = $tenantId)
      AND EXISTS { (f)<-[:OWNS]-(:Tenant {active: true}) }
    RETURN f
    ORDER BY f.tenantId DESC, f.publishedAt DESC, f.id DESC
    LIMIT $limit
  }
  RETURN key, f
UNION ALL
  UNWIND $backward AS key
  CALL (key) {
    MATCH (f:Franchise)
    WHERE f.tenantId = key.id
      AND key.lower[0] <= f.publishedAt <= key.upper[0] AND f.id IS NOT NULL
      AND key.lower < [f.publishedAt, f.id] < key.upper
      AND f.active AND f.publishedAt <= $now
      AND ($tenantId IS NULL OR f.tenantId = $tenantId)
      AND EXISTS { (f)<-[:OWNS]-(:Tenant {active: true}) }
    RETURN f
    ORDER BY f.tenantId, f.publishedAt, f.id
    LIMIT $limit
  }
  RETURN key, f
}
WITH key.n AS n, f
ORDER BY f.publishedAt DESC, f.id DESC
RETURN n, collect(f {.id, .tenantId, .slug, .franchiseType, .title, .synopsis, .description, .language,
                     .releaseDate, .publishedAt, .linkLabels, .linkUrls}) AS items
