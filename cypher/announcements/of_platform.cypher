// What tenants have asked to be announced, in some states, newest first: a key is one of the states, and the page of all is
// merged from theirs. The state leads the order because it leads the index.
// params: forward: [{state: string, lower: [any], upper: [any]}], backward: the same, limit: int, tenantId: string|null
// returns: items: [map]
CALL () {
  UNWIND $forward AS key
  CALL (key) {
    MATCH (a:Announcement)
    USING INDEX a:Announcement(state, createdAt, id)
    WHERE a.state = key.state AND ($tenantId IS NULL OR a.tenantId = $tenantId)
      AND key.lower[0] <= a.createdAt <= key.upper[0] AND a.id IS NOT NULL
      AND key.lower < [a.createdAt, a.id] < key.upper
    RETURN a
    ORDER BY a.state DESC, a.createdAt DESC, a.id DESC
    LIMIT $limit
  }
  RETURN a
UNION ALL
  UNWIND $backward AS key
  CALL (key) {
    MATCH (a:Announcement)
    USING INDEX a:Announcement(state, createdAt, id)
    WHERE a.state = key.state AND ($tenantId IS NULL OR a.tenantId = $tenantId)
      AND key.lower[0] <= a.createdAt <= key.upper[0] AND a.id IS NOT NULL
      AND key.lower < [a.createdAt, a.id] < key.upper
    RETURN a
    ORDER BY a.state, a.createdAt, a.id
    LIMIT $limit
  }
  RETURN a
}
WITH a
ORDER BY a.createdAt DESC, a.id DESC
WITH collect(a) AS all
UNWIND CASE WHEN $forward = [] THEN all[-$limit..] ELSE all[..$limit] END AS a
RETURN collect(a {.id, .tenantId, .contentId, .text, .from, .until, .state, .reason, .createdAt, .updatedAt, .version}) AS items
