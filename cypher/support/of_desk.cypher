// The tickets of a tenant, or of the platform, in some states, newest first: a key is one of the states, and the page of all
// is merged from theirs. The branches name the index that they read, and what leads it leads the order.
// params: forward: [{desk: string, state: string, lower: [any], upper: [any]}], backward: the same, limit: int
// returns: items: [map]
CALL () {
  UNWIND $forward AS key
  CALL (key) {
    MATCH (k:Ticket)
    USING INDEX k:Ticket(desk, state, createdAt, id)
    WHERE k.desk = key.desk AND k.state = key.state
      AND key.lower[0] <= k.createdAt <= key.upper[0] AND k.id IS NOT NULL
      AND key.lower < [k.createdAt, k.id] < key.upper
    RETURN k
    ORDER BY k.desk DESC, k.state DESC, k.createdAt DESC, k.id DESC
    LIMIT $limit
  }
  RETURN k
UNION ALL
  UNWIND $backward AS key
  CALL (key) {
    MATCH (k:Ticket)
    USING INDEX k:Ticket(desk, state, createdAt, id)
    WHERE k.desk = key.desk AND k.state = key.state
      AND key.lower[0] <= k.createdAt <= key.upper[0] AND k.id IS NOT NULL
      AND key.lower < [k.createdAt, k.id] < key.upper
    RETURN k
    ORDER BY k.desk, k.state, k.createdAt, k.id
    LIMIT $limit
  }
  RETURN k
}
WITH k
ORDER BY k.createdAt DESC, k.id DESC
WITH collect(k) AS all
UNWIND CASE WHEN $forward = [] THEN all[-$limit..] ELSE all[..$limit] END AS k
RETURN collect(k {.id, .tenantId, .openerId, .subject, .state, .createdAt, .updatedAt, .version}) AS items
