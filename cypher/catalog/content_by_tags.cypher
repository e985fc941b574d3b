// Visible content that carries each tag, last tagged first. A popular tag has very many items, so a page is
// read from the index of TAGGED and never by expanding the tag. A page that is read backwards is cut
// at its other end, and has the same order.
// params: forward: [{n: int, id: string, lower: [any], upper: [any]}], backward: the same,
//         limit: int, tenantId: string|null, now: datetime
// returns: n: int, items: [{at: datetime, node: map with one entry, named after the kind}]
CALL () {
  UNWIND $forward AS key
  CALL (key) {
    MATCH (c:Content)-[tagged:TAGGED]->()
    WHERE tagged.tagId = key.id
      AND key.lower[0] <= tagged.at <= key.upper[0] AND tagged.contentId IS NOT NULL
      AND key.lower < [tagged.at, tagged.contentId] < key.upper
      AND c.active AND c.publishedAt <= $now
      AND ($tenantId IS NULL OR c.tenantId = $tenantId)
      AND EXISTS {
        (c) (()<-[:HAS_SERIES|HAS_EPISODE]-(above WHERE above.active AND above.publishedAt <= $now)){0,2}
        (:Franchise)<-[:OWNS]-(:Tenant {active: true})
      }
    RETURN c, tagged
    ORDER BY tagged.tagId DESC, tagged.at DESC, tagged.contentId DESC
    LIMIT $limit
  }
  RETURN key, c, tagged
UNION ALL
  UNWIND $backward AS key
  CALL (key) {
    MATCH (c:Content)-[tagged:TAGGED]->()
    WHERE tagged.tagId = key.id
      AND key.lower[0] <= tagged.at <= key.upper[0] AND tagged.contentId IS NOT NULL
      AND key.lower < [tagged.at, tagged.contentId] < key.upper
      AND c.active AND c.publishedAt <= $now
      AND ($tenantId IS NULL OR c.tenantId = $tenantId)
      AND EXISTS {
        (c) (()<-[:HAS_SERIES|HAS_EPISODE]-(above WHERE above.active AND above.publishedAt <= $now)){0,2}
        (:Franchise)<-[:OWNS]-(:Tenant {active: true})
      }
    RETURN c, tagged
    ORDER BY tagged.tagId, tagged.at, tagged.contentId
    LIMIT $limit
  }
  RETURN key, c, tagged
}
OPTIONAL MATCH (s:Series)-[has:HAS_EPISODE]->(c)
OPTIONAL MATCH (f:Franchise)-[:HAS_SERIES]->(c)
WITH key.n AS n, c, tagged, s, has, f
ORDER BY tagged.at DESC, tagged.contentId DESC
RETURN n, collect({
  at: tagged.at,
  node: {
    franchise: CASE WHEN c:Franchise
      THEN c {.id, .tenantId, .slug, .franchiseType, .title, .synopsis, .description, .language,
              .releaseDate, .publishedAt, .linkLabels, .linkUrls} END,
    series: CASE WHEN c:Series
      THEN c {.id, .tenantId, .slug, .title, .synopsis, .description, .language,
              .releaseDate, .publishedAt, .linkLabels, .linkUrls, franchiseId: f.id} END,
    episode: CASE WHEN c:Episode
      THEN c {.id, .tenantId, .slug, .title, .synopsis, .language,
              .releaseDate, .publishedAt, .linkLabels, .linkUrls, .durationMs,
              seriesId: s.id, season: has.season, number: has.number} END
  }
}) AS items
