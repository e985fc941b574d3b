// The episodes of a tenant, by their slugs, those that nobody sees yet as well. A page that is read backwards is cut at its other
// end, and has the same order. Slugs are unique within a kind, so they are an order by themselves.
// params: forward: [{lower: [any], upper: [any]}], backward: the same, archived: bool, limit: int, tenantId: string
// returns: items: [{id: string, slug: string}]
CALL () {
  UNWIND $forward AS key
  CALL (key) {
    MATCH (e:Episode)
    WHERE e.tenantId = $tenantId AND key.lower[0] < e.slug < key.upper[0]
      AND ($archived OR e.archivedAt IS NULL)
    RETURN e
    ORDER BY e.tenantId, e.slug
    LIMIT $limit
  }
  RETURN e
UNION ALL
  UNWIND $backward AS key
  CALL (key) {
    MATCH (e:Episode)
    WHERE e.tenantId = $tenantId AND key.lower[0] < e.slug < key.upper[0]
      AND ($archived OR e.archivedAt IS NULL)
    RETURN e
    ORDER BY e.tenantId DESC, e.slug DESC
    LIMIT $limit
  }
  RETURN e
}
WITH e
ORDER BY e.slug
RETURN collect(e {.id, .slug}) AS items
