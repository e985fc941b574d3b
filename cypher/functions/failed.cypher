// What functions were given up on, the newest first.
// The key is the list as a whole, in the direction in which it is read.
// params: forward: [{lower: [any], upper: [any]}],
//         backward: the same, limit: int
// returns: function: string, attempts: int, failedAt: datetime, error: string, event: map
CALL () {
  UNWIND $forward AS key
  CALL (key) {
    MATCH (d:Delivery)
    USING INDEX d:Delivery(failedAt, eventId, function)
    WHERE key.lower[0] <= d.failedAt <= key.upper[0] AND d.eventId IS NOT NULL AND d.function IS NOT NULL
      AND key.lower < [d.failedAt, d.eventId, d.function] < key.upper
    RETURN d
    ORDER BY d.failedAt DESC, d.eventId DESC, d.function DESC
    LIMIT $limit
  }
  RETURN d
UNION ALL
  UNWIND $backward AS key
  CALL (key) {
    MATCH (d:Delivery)
    USING INDEX d:Delivery(failedAt, eventId, function)
    WHERE key.lower[0] <= d.failedAt <= key.upper[0] AND d.eventId IS NOT NULL AND d.function IS NOT NULL
      AND key.lower < [d.failedAt, d.eventId, d.function] < key.upper
    RETURN d
    ORDER BY d.failedAt, d.eventId, d.function
    LIMIT $limit
  }
  RETURN d
}
MATCH (e:Event {id: d.eventId})
WITH d, e
ORDER BY d.failedAt DESC, d.eventId DESC, d.function DESC
RETURN d.function AS function, d.attempts AS attempts, d.failedAt AS failedAt, d.error AS error,
  e {.id, .type, .at, .actorId, .subjectId, .tenantId, .accessTokenId, .address, .userAgent, .correlationId, .payload} AS event
