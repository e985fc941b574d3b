// Published questions of each tenant, in the order that its editors have given them; of those with words, the ones in which all
// words are. A tenant has few enough to look at all of them. A page that is read backwards is cut at its other end, and has
// the same order.
// The tenant leads the order because it leads the index: without it the planner would sort.
// params: forward: [{n: int, id: string, words: [string], lower: [any], upper: [any]}],
//         backward: the same, limit: int, tenantId: string|null, now: datetime
// returns: n: int, items: [map]
CALL () {
  UNWIND $forward AS key
  CALL (key) {
    MATCH (q:FaqEntry)
    WHERE q.tenantId = key.id
      AND key.lower[0] <= q.position <= key.upper[0] AND q.id IS NOT NULL
      AND key.lower < [q.position, q.id] < key.upper
      AND q.active AND q.publishedAt <= $now
      AND ($tenantId IS NULL OR q.tenantId = $tenantId)
      AND EXISTS { (q)<-[:HAS_FAQ_ENTRY]-(:Tenant {active: true}) }
      AND all(word IN key.words WHERE toLower(q.title + ' ' + q.answer) CONTAINS word)
    RETURN q
    ORDER BY q.tenantId, q.position, q.id
    LIMIT $limit
  }
  RETURN key, q
UNION ALL
  UNWIND $backward AS key
  CALL (key) {
    MATCH (q:FaqEntry)
    WHERE q.tenantId = key.id
      AND key.lower[0] <= q.position <= key.upper[0] AND q.id IS NOT NULL
      AND key.lower < [q.position, q.id] < key.upper
      AND q.active AND q.publishedAt <= $now
      AND ($tenantId IS NULL OR q.tenantId = $tenantId)
      AND EXISTS { (q)<-[:HAS_FAQ_ENTRY]-(:Tenant {active: true}) }
      AND all(word IN key.words WHERE toLower(q.title + ' ' + q.answer) CONTAINS word)
    RETURN q
    ORDER BY q.tenantId DESC, q.position DESC, q.id DESC
    LIMIT $limit
  }
  RETURN key, q
}
WITH key.n AS n, q
ORDER BY q.position, q.id
RETURN n, collect(q {.id, .slug, .answer, .position, question: q.title}) AS items
