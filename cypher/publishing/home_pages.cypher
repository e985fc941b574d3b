// The home pages of a tenant, by their slugs, those that nobody sees yet as well. A page that is read backwards is cut at its other
// end, and has the same order. Slugs are unique within a kind, so they are an order by themselves.
// params: forward: [{lower: [any], upper: [any]}], backward: the same, archived: bool, limit: int, tenantId: string
// returns: items: [{id: string, slug: string}]
CALL () {
  UNWIND $forward AS key
  CALL (key) {
    MATCH (h:HomePage)
    WHERE h.tenantId = $tenantId AND key.lower[0] < h.slug < key.upper[0]
      AND ($archived OR h.archivedAt IS NULL)
    RETURN h
    ORDER BY h.tenantId, h.slug
    LIMIT $limit
  }
  RETURN h
UNION ALL
  UNWIND $backward AS key
  CALL (key) {
    MATCH (h:HomePage)
    WHERE h.tenantId = $tenantId AND key.lower[0] < h.slug < key.upper[0]
      AND ($archived OR h.archivedAt IS NULL)
    RETURN h
    ORDER BY h.tenantId DESC, h.slug DESC
    LIMIT $limit
  }
  RETURN h
}
WITH h
ORDER BY h.slug
RETURN collect(h {.id, .slug}) AS items
