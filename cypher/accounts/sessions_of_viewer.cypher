// Pages of the sessions of the viewer, newest first. There are so few that all are collected.
// params: keys: [{n: int, lower: [any], upper: [any], limit: int, backward: bool}], viewerId: string,
//         sessionId: string|null, now: datetime
// returns: n: int, items: [map]
UNWIND $keys AS key
CALL (key) {
  MATCH (:User {id: $viewerId})-[:HAS_SESSION]->(s:Session)
  WHERE s.expiresAt > $now
    AND key.lower < [s.createdAt, s.id] < key.upper
  WITH s
  ORDER BY s.createdAt DESC, s.id DESC
  RETURN collect(s {
    .id, .createdAt, .lastUsedAt, .expiresAt, .address, .userAgent, isCurrent: coalesce(s.id = $sessionId, false)
  }) AS all
}
RETURN key.n AS n, CASE WHEN key.backward THEN all[-key.limit..] ELSE all[..key.limit] END AS items
