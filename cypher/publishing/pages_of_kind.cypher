// The pages of a kind of a tenant, by their slugs, those that nobody sees yet as well. A page of the list that is read
// backwards is cut at its other end, and has the same order. Slugs are unique within a kind, so they are an order by themselves.
// params: forward: [{kind: string, lower: [any], upper: [any]}], backward: the same, archived: bool, limit: int,
//         tenantId: string
// returns: items: [{id: string, slug: string}]
CALL () {
  UNWIND $forward AS key
  CALL (key) {
    MATCH (f:Franchise)
    WHERE key.kind = 'FRANCHISE' AND f.tenantId = $tenantId AND key.lower[0] < f.slug < key.upper[0]
      AND ($archived OR f.archivedAt IS NULL)
    RETURN f AS p
    ORDER BY f.tenantId, f.slug
    LIMIT $limit
  }
  RETURN p
UNION ALL
  UNWIND $forward AS key
  CALL (key) {
    MATCH (s:Series)
    WHERE key.kind = 'SERIES' AND s.tenantId = $tenantId AND key.lower[0] < s.slug < key.upper[0]
      AND ($archived OR s.archivedAt IS NULL)
    RETURN s AS p
    ORDER BY s.tenantId, s.slug
    LIMIT $limit
  }
  RETURN p
UNION ALL
  UNWIND $forward AS key
  CALL (key) {
    MATCH (e:Episode)
    WHERE key.kind = 'EPISODE' AND e.tenantId = $tenantId AND key.lower[0] < e.slug < key.upper[0]
      AND ($archived OR e.archivedAt IS NULL)
    RETURN e AS p
    ORDER BY e.tenantId, e.slug
    LIMIT $limit
  }
  RETURN p
UNION ALL
  UNWIND $backward AS key
  CALL (key) {
    MATCH (f:Franchise)
    WHERE key.kind = 'FRANCHISE' AND f.tenantId = $tenantId AND key.lower[0] < f.slug < key.upper[0]
      AND ($archived OR f.archivedAt IS NULL)
    RETURN f AS p
    ORDER BY f.tenantId DESC, f.slug DESC
    LIMIT $limit
  }
  RETURN p
UNION ALL
  UNWIND $backward AS key
  CALL (key) {
    MATCH (s:Series)
    WHERE key.kind = 'SERIES' AND s.tenantId = $tenantId AND key.lower[0] < s.slug < key.upper[0]
      AND ($archived OR s.archivedAt IS NULL)
    RETURN s AS p
    ORDER BY s.tenantId DESC, s.slug DESC
    LIMIT $limit
  }
  RETURN p
UNION ALL
  UNWIND $backward AS key
  CALL (key) {
    MATCH (e:Episode)
    WHERE key.kind = 'EPISODE' AND e.tenantId = $tenantId AND key.lower[0] < e.slug < key.upper[0]
      AND ($archived OR e.archivedAt IS NULL)
    RETURN e AS p
    ORDER BY e.tenantId DESC, e.slug DESC
    LIMIT $limit
  }
  RETURN p
}
WITH p
ORDER BY p.slug
RETURN collect({id: p.id, slug: p.slug}) AS items
