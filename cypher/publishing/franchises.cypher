// The franchises of a tenant, by their slugs, those that nobody sees yet as well. A page that is read backwards is cut at its other
// end, and has the same order. Slugs are unique within a kind, so they are an order by themselves.
// params: forward: [{lower: [any], upper: [any]}], backward: the same, archived: bool, limit: int, tenantId: string
// returns: items: [{id: string, slug: string}]
CALL () {
  UNWIND $forward AS key
  CALL (key) {
    MATCH (f:Franchise)
    WHERE f.tenantId = $tenantId AND key.lower[0] < f.slug < key.upper[0]
      AND ($archived OR f.archivedAt IS NULL)
    RETURN f
    ORDER BY f.tenantId, f.slug
    LIMIT $limit
  }
  RETURN f
UNION ALL
  UNWIND $backward AS key
  CALL (key) {
    MATCH (f:Franchise)
    WHERE f.tenantId = $tenantId AND key.lower[0] < f.slug < key.upper[0]
      AND ($archived OR f.archivedAt IS NULL)
    RETURN f
    ORDER BY f.tenantId DESC, f.slug DESC
    LIMIT $limit
  }
  RETURN f
}
WITH f
ORDER BY f.slug
RETURN collect(f {.id, .slug}) AS items
