// The tickets that the viewer has opened, newest first. A request that is confined to a tenant sees those of the tenant.
// What leads the index leads the order.
// params: forward: [{openerId: string, lower: [any], upper: [any]}],
//         backward: the same, limit: int, tenantId: string|null
// returns: items: [map]
CALL () {
  UNWIND $forward AS key
  CALL (key) {
    MATCH (k:Ticket)
    USING INDEX k:Ticket(openerId, createdAt, id)
    WHERE k.openerId = key.openerId AND ($tenantId IS NULL OR k.tenantId = $tenantId)
      AND key.lower[0] <= k.createdAt <= key.upper[0] AND k.id IS NOT NULL
      AND key.lower < [k.createdAt, k.id] < key.upper
    RETURN k
    ORDER BY k.openerId DESC, k.createdAt DESC, k.id DESC
    LIMIT $limit
  }
  RETURN k
UNION ALL
  UNWIND $backward AS key
  CALL (key) {
    MATCH (k:Ticket)
    USING INDEX k:Ticket(openerId, createdAt, id)
    WHERE k.openerId = key.openerId AND ($tenantId IS NULL OR k.tenantId = $tenantId)
      AND key.lower[0] <= k.createdAt <= key.upper[0] AND k.id IS NOT NULL
      AND key.lower < [k.createdAt, k.id] < key.upper
    RETURN k
    ORDER BY k.openerId, k.createdAt, k.id
    LIMIT $limit
  }
  RETURN k
}
WITH k
ORDER BY k.createdAt DESC, k.id DESC
WITH collect(k) AS all
UNWIND CASE WHEN $forward = [] THEN all[-$limit..] ELSE all[..$limit] END AS k
RETURN collect(k {.id, .tenantId, .openerId, .subject, .state, .createdAt, .updatedAt, .version}) AS items
