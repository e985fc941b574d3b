// Whatever of the catalogue the ids name, if a viewer may see it. Every kind has a list of its own,
// so that each id is looked up in one index only.
// params: tenantIds: [string], franchiseIds: [string], seriesIds: [string], episodeIds: [string],
//         tagIds: [string], personIds: [string], userIds: [string], tenantId: string|null, now: datetime
// returns: node: map with one entry, named after the kind
CALL () {
  UNWIND $tenantIds AS id
  MATCH (t:Tenant {id: id})
  WHERE t.active
    AND ($tenantId IS NULL OR t.id = $tenantId)
  RETURN {tenant: t {.id, .slug, .name, .description, .createdAt}} AS node
UNION ALL
  UNWIND $franchiseIds AS id
  MATCH (t:Tenant)-[:OWNS]->(f:Franchise {id: id})
  WHERE t.active AND f.active AND f.publishedAt <= $now
    AND ($tenantId IS NULL OR f.tenantId = $tenantId)
  RETURN {franchise: f {.id, .tenantId, .slug, .franchiseType, .title, .synopsis, .description, .language,
                        .releaseDate, .publishedAt, .linkLabels, .linkUrls}} AS node
UNION ALL
  UNWIND $seriesIds AS id
  MATCH (t:Tenant)-[:OWNS]->(f:Franchise)-[:HAS_SERIES]->(s:Series {id: id})
  WHERE t.active AND f.active AND f.publishedAt <= $now AND s.active AND s.publishedAt <= $now
    AND ($tenantId IS NULL OR s.tenantId = $tenantId)
  RETURN {series: s {.id, .tenantId, .slug, .title, .synopsis, .description, .language,
                     .releaseDate, .publishedAt, .linkLabels, .linkUrls, franchiseId: f.id}} AS node
UNION ALL
  UNWIND $episodeIds AS id
  MATCH (t:Tenant)-[:OWNS]->(f:Franchise)-[:HAS_SERIES]->(s:Series)-[has:HAS_EPISODE]->(e:Episode {id: id})
  WHERE t.active AND f.active AND f.publishedAt <= $now AND s.active AND s.publishedAt <= $now
    AND e.active AND e.publishedAt <= $now
    AND ($tenantId IS NULL OR e.tenantId = $tenantId)
  RETURN {episode: e {.id, .tenantId, .slug, .title, .synopsis, .language,
                      .releaseDate, .publishedAt, .linkLabels, .linkUrls, .durationMs,
                      seriesId: s.id, season: has.season, number: has.number}} AS node
UNION ALL
  UNWIND $tagIds AS id
  MATCH (g:Tag {id: id})
  WHERE EXISTS {
    (g)<-[:TAGGED]-(c:Content)
    WHERE c.active AND c.publishedAt <= $now AND ($tenantId IS NULL OR c.tenantId = $tenantId)
      AND EXISTS {
        (c) (()<-[:HAS_SERIES|HAS_EPISODE]-(above WHERE above.active AND above.publishedAt <= $now)){0,2}
        (:Franchise)<-[:OWNS]-(:Tenant {active: true})
      }
  }
  RETURN {tag: g {.id, .slug, .name}} AS node
UNION ALL
  UNWIND $personIds AS id
  MATCH (p:Person {id: id})
  WHERE EXISTS {
    (p)-[:CREDITED]->(c:Content)
    WHERE c.active AND c.publishedAt <= $now AND ($tenantId IS NULL OR c.tenantId = $tenantId)
      AND EXISTS {
        (c) (()<-[:HAS_SERIES|HAS_EPISODE]-(above WHERE above.active AND above.publishedAt <= $now)){0,2}
        (:Franchise)<-[:OWNS]-(:Tenant {active: true})
      }
  }
  RETURN {person: p {.id, .slug, .name, .biography}} AS node
UNION ALL
  UNWIND $userIds AS id
  MATCH (u:User {id: id})
  WHERE u.deletedAt IS NULL
  RETURN {user: u {.id, .handle, .displayName, .bio, .linkLabels, .linkUrls, .createdAt}} AS node
}
RETURN node
