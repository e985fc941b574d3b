// The questions of a tenant, by their slugs, those that nobody sees yet as well. A page that is read backwards is cut at its other
// end, and has the same order. Slugs are unique within a kind, so they are an order by themselves.
// params: forward: [{lower: [any], upper: [any]}], backward: the same, archived: bool, limit: int, tenantId: string
// returns: items: [{id: string, slug: string}]
CALL () {
  UNWIND $forward AS key
  CALL (key) {
    MATCH (q:FaqEntry)
    WHERE q.tenantId = $tenantId AND key.lower[0] < q.slug < key.upper[0]
      AND ($archived OR q.archivedAt IS NULL)
    RETURN q
    ORDER BY q.tenantId, q.slug
    LIMIT $limit
  }
  RETURN q
UNION ALL
  UNWIND $backward AS key
  CALL (key) {
    MATCH (q:FaqEntry)
    WHERE q.tenantId = $tenantId AND key.lower[0] < q.slug < key.upper[0]
      AND ($archived OR q.archivedAt IS NULL)
    RETURN q
    ORDER BY q.tenantId DESC, q.slug DESC
    LIMIT $limit
  }
  RETURN q
}
WITH q
ORDER BY q.slug
RETURN collect(q {.id, .slug}) AS items
