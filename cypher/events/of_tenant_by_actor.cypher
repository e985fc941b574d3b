// What somebody did in a tenant, newest first.
// A key is a type of events: each brings its own page, and the page of all is merged from them, so that other
// types cost nothing however many there are.
// There are many indexes of events, so each branch names the one that it reads, and what leads it leads the order.
// params: forward: [{tenantId: string, actorId: string, type: string, lower: [any], upper: [any]}],
//         backward: the same, limit: int
// returns: items: [map]
CALL () {
  UNWIND $forward AS key
  CALL (key) {
    MATCH (e:Event)
    USING INDEX e:Event(tenantId, actorId, type, at, id)
    WHERE e.tenantId = key.tenantId AND e.actorId = key.actorId AND e.type = key.type
      AND key.lower[0] <= e.at <= key.upper[0] AND e.id IS NOT NULL
      AND key.lower < [e.at, e.id] < key.upper
    RETURN e
    ORDER BY e.tenantId DESC, e.actorId DESC, e.type DESC, e.at DESC, e.id DESC
    LIMIT $limit
  }
  RETURN e
UNION ALL
  UNWIND $backward AS key
  CALL (key) {
    MATCH (e:Event)
    USING INDEX e:Event(tenantId, actorId, type, at, id)
    WHERE e.tenantId = key.tenantId AND e.actorId = key.actorId AND e.type = key.type
      AND key.lower[0] <= e.at <= key.upper[0] AND e.id IS NOT NULL
      AND key.lower < [e.at, e.id] < key.upper
    RETURN e
    ORDER BY e.tenantId, e.actorId, e.type, e.at, e.id
    LIMIT $limit
  }
  RETURN e
}
WITH e
ORDER BY e.at DESC, e.id DESC
WITH collect(e) AS all
RETURN [e IN CASE WHEN $forward = [] THEN all[-$limit..] ELSE all[..$limit] END |
  e {.id, .type, .at, .actorId, .subjectId, .tenantId, .accessTokenId, .address, .userAgent, .correlationId, .payload}
] AS items
