// What a tenant has asked to be announced, newest first.
// The tenant leads the order because it leads the index.
// params: forward: [{tenantId: string, lower: [any], upper: [any]}], backward: the same, limit: int
// returns: items: [map]
CALL () {
  UNWIND $forward AS key
  CALL (key) {
    MATCH (a:Announcement)
    USING INDEX a:Announcement(tenantId, createdAt, id)
    WHERE a.tenantId = key.tenantId
      AND key.lower[0] <= a.createdAt <= key.upper[0] AND a.id IS NOT NULL
      AND key.lower < [a.createdAt, a.id] < key.upper
    RETURN a
    ORDER BY a.tenantId DESC, a.createdAt DESC, a.id DESC
    LIMIT $limit
  }
  RETURN a
UNION ALL
  UNWIND $backward AS key
  CALL (key) {
    MATCH (a:Announcement)
    USING INDEX a:Announcement(tenantId, createdAt, id)
    WHERE a.tenantId = key.tenantId
      AND key.lower[0] <= a.createdAt <= key.upper[0] AND a.id IS NOT NULL
      AND key.lower < [a.createdAt, a.id] < key.upper
    RETURN a
    ORDER BY a.tenantId, a.createdAt, a.id
    LIMIT $limit
  }
  RETURN a
}
WITH a
ORDER BY a.createdAt DESC, a.id DESC
WITH collect(a) AS all
UNWIND CASE WHEN $forward = [] THEN all[-$limit..] ELSE all[..$limit] END AS a
RETURN collect(a {.id, .tenantId, .contentId, .text, .from, .until, .state, .reason, .createdAt, .updatedAt, .version}) AS items
