// What a tenant will publish, or was going to, what comes first coming first. A page that is read backwards is cut at its other
// end, and has the same order.
// params: forward: [{state: string, lower: [any], upper: [any]}], backward: the same, limit: int, tenantId: string
// returns: items: [map]
CALL () {
  UNWIND $forward AS key
  CALL (key) {
    MATCH (s:Schedule)
    WHERE s.tenantId = $tenantId AND s.state = key.state
      AND key.lower[0] <= s.at <= key.upper[0] AND s.id IS NOT NULL
      AND key.lower < [s.at, s.id] < key.upper
    RETURN s
    ORDER BY s.tenantId, s.state, s.at, s.id
    LIMIT $limit
  }
  RETURN s
UNION ALL
  UNWIND $backward AS key
  CALL (key) {
    MATCH (s:Schedule)
    WHERE s.tenantId = $tenantId AND s.state = key.state
      AND key.lower[0] <= s.at <= key.upper[0] AND s.id IS NOT NULL
      AND key.lower < [s.at, s.id] < key.upper
    RETURN s
    ORDER BY s.tenantId DESC, s.state DESC, s.at DESC, s.id DESC
    LIMIT $limit
  }
  RETURN s
}
WITH s
ORDER BY s.at, s.id
RETURN collect(s {.id, .at, .state, .note, .createdAt, .createdBy, .failure, .releaseId, .pageIds}) AS items
