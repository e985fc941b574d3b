// The tags that something visible carries, by name. A page that is read backwards is cut at its other
// end, and has the same order.
// params: forward: [{lower: [any], upper: [any]}], backward: the same, limit: int,
//         tenantId: string|null, now: datetime
// returns: items: [map]
CALL () {
  UNWIND $forward AS key
  CALL (key) {
    MATCH (g:Tag)
    WHERE key.lower[0] <= g.name <= key.upper[0] AND g.id IS NOT NULL
      AND key.lower < [g.name, g.id] < key.upper
      AND EXISTS {
        (g)<-[:TAGGED]-(c:Content)
        WHERE c.active AND c.publishedAt <= $now AND ($tenantId IS NULL OR c.tenantId = $tenantId)
          AND EXISTS {
            (c) (()<-[:HAS_SERIES|HAS_EPISODE]-(above WHERE above.active AND above.publishedAt <= $now)){0,2}
            (:Franchise)<-[:OWNS]-(:Tenant {active: true})
          }
      }
    RETURN g
    ORDER BY g.name, g.id
    LIMIT $limit
  }
  RETURN g
UNION ALL
  UNWIND $backward AS key
  CALL (key) {
    MATCH (g:Tag)
    WHERE key.lower[0] <= g.name <= key.upper[0] AND g.id IS NOT NULL
      AND key.lower < [g.name, g.id] < key.upper
      AND EXISTS {
        (g)<-[:TAGGED]-(c:Content)
        WHERE c.active AND c.publishedAt <= $now AND ($tenantId IS NULL OR c.tenantId = $tenantId)
          AND EXISTS {
            (c) (()<-[:HAS_SERIES|HAS_EPISODE]-(above WHERE above.active AND above.publishedAt <= $now)){0,2}
            (:Franchise)<-[:OWNS]-(:Tenant {active: true})
          }
      }
    RETURN g
    ORDER BY g.name DESC, g.id DESC
    LIMIT $limit
  }
  RETURN g
}
WITH g
ORDER BY g.name, g.id
RETURN collect(g {.id, .slug, .name}) AS items
