// What each person is credited for, newest first, as far as a viewer may see it. A page is cut from
// the sorted whole: a career is a small neighbourhood.
// params: keys: [{n: int, id: string, lower: [any], upper: [any], limit: int, backward: bool}],
//         tenantId: string|null, now: datetime
// returns: n: int, items: [map]
UNWIND $keys AS key
CALL (key) {
  MATCH (p:Person {id: key.id})-[credited:CREDITED]->(c:Content)
  WHERE c.active AND c.publishedAt <= $now
    AND ($tenantId IS NULL OR c.tenantId = $tenantId)
    AND key.lower < [c.publishedAt, c.id, credited.position] < key.upper
    AND EXISTS {
      (c) (()<-[:HAS_SERIES|HAS_EPISODE]-(above WHERE above.active AND above.publishedAt <= $now)){0,2}
      (:Franchise)<-[:OWNS]-(:Tenant {active: true})
    }
  WITH p, credited, c
  ORDER BY c.publishedAt DESC, c.id DESC, credited.position DESC
  WITH p, collect({credited: credited, content: c}) AS all
  UNWIND CASE WHEN key.backward THEN all[-key.limit..] ELSE all[..key.limit] END AS kept
  WITH p, kept.credited AS credited, kept.content AS c
  RETURN collect({role: credited.role, character: credited.character, position: credited.position,
                  contentId: c.id, publishedAt: c.publishedAt, person: p {.id, .slug, .name, .biography}}) AS items
}
RETURN key.n AS n, items
