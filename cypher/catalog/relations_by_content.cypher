// What hangs on pieces of content: series, episodes, tags, credits and assets, a list of keys for
// each, so that a whole level of a query costs one statement. These neighbourhoods are small (an
// editor made them by hand), so a page is cut from the sorted whole.
// params: series: [{n: int, id: string, lower: [any], upper: [any], limit: int, backward: bool}],
//         episodes: the same, tags: the same, credits: the same, assets: [{n: int, id: string}],
//         maxAssets: int, tenantId: string|null, now: datetime
// returns: n: int, page: map with one entry, named after the relation
CALL () {
  UNWIND $series AS key
  CALL (key) {
    MATCH (f:Franchise {id: key.id})-[has:HAS_SERIES]->(s:Series)
    WHERE f.active AND f.publishedAt <= $now AND s.active AND s.publishedAt <= $now
      AND ($tenantId IS NULL OR s.tenantId = $tenantId)
      AND EXISTS { (f)<-[:OWNS]-(:Tenant {active: true}) }
      AND key.lower < [has.position, s.id] < key.upper
    WITH f, has, s
    ORDER BY has.position, s.id
    WITH f, collect({has: has, series: s}) AS all
    UNWIND CASE WHEN key.backward THEN all[-key.limit..] ELSE all[..key.limit] END AS kept
    WITH f, kept.has AS has, kept.series AS s
    RETURN collect(s {.id, .tenantId, .slug, .title, .synopsis, .description, .language,
                      .releaseDate, .publishedAt, .linkLabels, .linkUrls,
                      franchiseId: f.id, position: has.position}) AS items
  }
  RETURN key.n AS n, {series: items} AS page
UNION ALL
  UNWIND $episodes AS key
  CALL (key) {
    MATCH (s:Series {id: key.id})-[has:HAS_EPISODE]->(e:Episode)
    WHERE s.active AND s.publishedAt <= $now AND e.active AND e.publishedAt <= $now
      AND ($tenantId IS NULL OR e.tenantId = $tenantId)
      AND EXISTS {
        (s) (()<-[:HAS_SERIES|HAS_EPISODE]-(above WHERE above.active AND above.publishedAt <= $now)){1}
        (:Franchise)<-[:OWNS]-(:Tenant {active: true})
      }
      AND key.lower < [has.season, has.number, e.id] < key.upper
    WITH s, has, e
    ORDER BY has.season, has.number, e.id
    WITH s, collect({has: has, episode: e}) AS all
    UNWIND CASE WHEN key.backward THEN all[-key.limit..] ELSE all[..key.limit] END AS kept
    WITH s, kept.has AS has, kept.episode AS e
    RETURN collect(e {.id, .tenantId, .slug, .title, .synopsis, .language,
                      .releaseDate, .publishedAt, .linkLabels, .linkUrls, .durationMs,
                      seriesId: s.id, season: has.season, number: has.number}) AS items
  }
  RETURN key.n AS n, {episodes: items} AS page
UNION ALL
  UNWIND $tags AS key
  CALL (key) {
    MATCH (c:Content {id: key.id})-[:TAGGED]->(g:Tag)
    WHERE c.active AND c.publishedAt <= $now
      AND ($tenantId IS NULL OR c.tenantId = $tenantId)
      AND EXISTS {
        (c) (()<-[:HAS_SERIES|HAS_EPISODE]-(above WHERE above.active AND above.publishedAt <= $now)){0,2}
        (:Franchise)<-[:OWNS]-(:Tenant {active: true})
      }
      AND key.lower < [g.name, g.id] < key.upper
    WITH g
    ORDER BY g.name, g.id
    WITH collect(g) AS all
    UNWIND CASE WHEN key.backward THEN all[-key.limit..] ELSE all[..key.limit] END AS g
    RETURN collect(g {.id, .slug, .name}) AS items
  }
  RETURN key.n AS n, {tags: items} AS page
UNION ALL
  UNWIND $credits AS key
  CALL (key) {
    MATCH (c:Content {id: key.id})<-[credited:CREDITED]-(p:Person)
    WHERE c.active AND c.publishedAt <= $now
      AND ($tenantId IS NULL OR c.tenantId = $tenantId)
      AND EXISTS {
        (c) (()<-[:HAS_SERIES|HAS_EPISODE]-(above WHERE above.active AND above.publishedAt <= $now)){0,2}
        (:Franchise)<-[:OWNS]-(:Tenant {active: true})
      }
      AND key.lower < [credited.position, p.id] < key.upper
    WITH c, credited, p
    ORDER BY credited.position, p.id
    WITH c, collect({credited: credited, person: p}) AS all
    UNWIND CASE WHEN key.backward THEN all[-key.limit..] ELSE all[..key.limit] END AS kept
    WITH c, kept.credited AS credited, kept.person AS p
    RETURN collect({role: credited.role, character: credited.character, position: credited.position,
                    contentId: c.id, publishedAt: c.publishedAt, person: p {.id, .slug, .name, .biography}}) AS items
  }
  RETURN key.n AS n, {credits: items} AS page
UNION ALL
  UNWIND $assets AS key
  CALL (key) {
    MATCH (c:Content {id: key.id})-[has:HAS_ASSET]->(a:Asset)
    WHERE c.active AND c.publishedAt <= $now AND a.state = 'READY'
      AND ($tenantId IS NULL OR c.tenantId = $tenantId)
      AND EXISTS {
        (c) (()<-[:HAS_SERIES|HAS_EPISODE]-(above WHERE above.active AND above.publishedAt <= $now)){0,2}
        (:Franchise)<-[:OWNS]-(:Tenant {active: true})
      }
    WITH has, a
    ORDER BY has.role, a.language, a.id
    LIMIT $maxAssets
    RETURN collect(a {.id, .tenantId, .kind, .key, .contentType, .bytes, .checksum, .width, .height, .durationMs,
                      .language, .blurhash, .variantWidths, .variantHeights, .renditionKinds, .renditionUrls,
                      .renditionHeights, .renditionBitrates, role: has.role}) AS items
  }
  RETURN key.n AS n, {assets: items} AS page
}
RETURN n, page
