// Published franchises of the whole platform, newest first. A page that is
// read backwards is cut at its other end, and has the same order.
// params: forward: [{lower: [any], upper: [any]}],
//         backward: the same, limit: int, tenantId: string|null, now: datetime
// returns: items: [map]
CALL () {
  UNWIND $forward AS key
  CALL (key) {
    MATCH (f:Franchise)
    WHERE key.lower[0] <= f.publishedAt <= key.upper[0] AND f.id IS NOT NULL
      AND key.lower < [f.publishedAt, f.id] < key.upper
      AND f.active AND f.publishedAt <= $now
      AND ($tenantId IS NULL OR f.tenantId = $tenantId)
      AND EXISTS { (f)<-[:OWNS]-(:Tenant {active: true}) }
    RETURN f
    ORDER BY f.publishedAt DESC, f.id DESC
    LIMIT $limit
  }
  RETURN f
UNION ALL
  UNWIND $backward AS key
  CALL (key) {
    MATCH (f:Franchise)
    WHERE key.lower[0] <= f.publishedAt <= key.upper[0] AND f.id IS NOT NULL
      AND key.lower < [f.publishedAt, f.id] < key.upper
      AND f.active AND f.publishedAt <= $now
      AND ($tenantId IS NULL OR f.tenantId = $tenantId)
      AND EXISTS { (f)<-[:OWNS]-(:Tenant {active: true}) }
    RETURN f
    ORDER BY f.publishedAt, f.id
    LIMIT $limit
  }
  RETURN f
}
WITH f
ORDER BY f.publishedAt DESC, f.id DESC
RETURN collect(f {.id, .tenantId, .slug, .franchiseType, .title, .synopsis, .description, .language,
                  .releaseDate, .publishedAt, .linkLabels, .linkUrls}) AS items
