// What happened to something, newest first; only what somebody did, if the key names an actor.
// A key is a type of events: each brings its own page, and the page of all is merged from them, so that other
// types cost nothing however many there are.
// There are many indexes of events, so each branch names the one that it reads, and what leads it leads the order.
// params: forward: [{subjectId: string, type: string, actorId: string|null, lower: [any], upper: [any]}],
//         backward: the same, limit: int
// returns: items: [map]
CALL () {
  UNWIND $forward AS key
  CALL (key) {
    MATCH (e:Event)
    USING INDEX e:Event(subjectId, type, at, id)
    WHERE e.subjectId = key.subjectId AND e.type = key.type
      AND key.lower[0] <= e.at <= key.upper[0] AND e.id IS NOT NULL
      AND key.lower < [e.at, e.id] < key.upper
      AND (key.actorId IS NULL OR e.actorId = key.actorId)
    RETURN e
    ORDER BY e.subjectId DESC, e.type DESC, e.at DESC, e.id DESC
    LIMIT $limit
  }
  RETURN e
UNION ALL
  UNWIND $backward AS key
  CALL (key) {
    MATCH (e:Event)
    USING INDEX e:Event(subjectId, type, at, id)
    WHERE e.subjectId = key.subjectId AND e.type = key.type
      AND key.lower[0] <= e.at <= key.upper[0] AND e.id IS NOT NULL
      AND key.lower < [e.at, e.id] < key.upper
      AND (key.actorId IS NULL OR e.actorId = key.actorId)
    RETURN e
    ORDER BY e.subjectId, e.type, e.at, e.id
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
