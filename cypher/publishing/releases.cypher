// The releases of a tenant, newest first. A page that is read backwards is cut at its other end, and has the same order.
// params: forward: [{lower: [any], upper: [any]}], backward: the same, limit: int, tenantId: string
// returns: items: [map]
CALL () {
  UNWIND $forward AS key
  CALL (key) {
    MATCH (r:Release)
    WHERE r.tenantId = $tenantId AND key.lower[0] < r.number < key.upper[0]
    RETURN r
    ORDER BY r.tenantId DESC, r.number DESC
    LIMIT $limit
  }
  RETURN r
UNION ALL
  UNWIND $backward AS key
  CALL (key) {
    MATCH (r:Release)
    WHERE r.tenantId = $tenantId AND key.lower[0] < r.number < key.upper[0]
    RETURN r
    ORDER BY r.tenantId, r.number
    LIMIT $limit
  }
  RETURN r
}
WITH r
ORDER BY r.number DESC
RETURN collect(r {.id, .number, .kind, .note, .reverts, .pages, .createdAt, .createdBy}) AS items
