// The series of a tenant, by their slugs, those that nobody sees yet as well. A page that is read backwards is cut at its other
// end, and has the same order. Slugs are unique within a kind, so they are an order by themselves.
// params: forward: [{lower: [any], upper: [any]}], backward: the same, archived: bool, limit: int, tenantId: string
// returns: items: [{id: string, slug: string}]
CALL () {
  UNWIND $forward AS key
  CALL (key) {
    MATCH (s:Series)
    WHERE s.tenantId = $tenantId AND key.lower[0] < s.slug < key.upper[0]
      AND ($archived OR s.archivedAt IS NULL)
    RETURN s
    ORDER BY s.tenantId, s.slug
    LIMIT $limit
  }
  RETURN s
UNION ALL
  UNWIND $backward AS key
  CALL (key) {
    MATCH (s:Series)
    WHERE s.tenantId = $tenantId AND key.lower[0] < s.slug < key.upper[0]
      AND ($archived OR s.archivedAt IS NULL)
    RETURN s
    ORDER BY s.tenantId DESC, s.slug DESC
    LIMIT $limit
  }
  RETURN s
}
WITH s
ORDER BY s.slug
RETURN collect(s {.id, .slug}) AS items
