// The tenants, by name. A page that is read backwards is cut at its other end, and has the same order.
// params: forward: [{lower: [any], upper: [any]}], backward: the same, limit: int,
//         tenantId: string|null
// returns: items: [map]
CALL () {
  UNWIND $forward AS key
  CALL (key) {
    MATCH (t:Tenant)
    WHERE key.lower[0] <= t.name <= key.upper[0] AND t.id IS NOT NULL
      AND key.lower < [t.name, t.id] < key.upper
      AND t.active
      AND ($tenantId IS NULL OR t.id = $tenantId)
    RETURN t
    ORDER BY t.name, t.id
    LIMIT $limit
  }
  RETURN t
UNION ALL
  UNWIND $backward AS key
  CALL (key) {
    MATCH (t:Tenant)
    WHERE key.lower[0] <= t.name <= key.upper[0] AND t.id IS NOT NULL
      AND key.lower < [t.name, t.id] < key.upper
      AND t.active
      AND ($tenantId IS NULL OR t.id = $tenantId)
    RETURN t
    ORDER BY t.name DESC, t.id DESC
    LIMIT $limit
  }
  RETURN t
}
WITH t
ORDER BY t.name, t.id
RETURN collect(t {.id, .slug, .name, .description, .createdAt}) AS items
