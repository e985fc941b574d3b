// Whatever of the catalogue the slugs name, if a viewer may see it. Content is named within its
// tenant; tenants, tags and people are named within the platform, and a domain names the tenant that
// has verified it. Content is found by the slugs that it had before as well.
// params: tenants: [{n: int, slug: string}], domains: the same, franchises: [{n: int, tenant: string|null, slug: string}],
//         series: the same, episodes: the same, tags: [{n: int, slug: string}], people: the same,
//         tenantId: string|null, now: datetime
// returns: n: int, node: map with one entry, named after the kind
CALL () {
  UNWIND $tenants AS key
  MATCH (t:Tenant {slug: key.slug})
  WHERE t.active
    AND ($tenantId IS NULL OR t.id = $tenantId)
  RETURN key.n AS n, {tenant: t {.id, .slug, .name, .description, .createdAt}} AS node
UNION ALL
  UNWIND $domains AS key
  MATCH (:Domain {verifiedName: key.slug})<-[:HAS_DOMAIN]-(t:Tenant)
  WHERE t.active
    AND ($tenantId IS NULL OR t.id = $tenantId)
  RETURN key.n AS n, {tenant: t {.id, .slug, .name, .description, .createdAt}} AS node
UNION ALL
  UNWIND $franchises AS key
  MATCH (t:Tenant)
  WHERE t.active AND t.slug = key.tenant
    AND ($tenantId IS NULL OR t.id = $tenantId)
  CALL (t, key) {
    MATCH (f:Franchise {tenantId: t.id, slug: key.slug})
    RETURN f
  UNION
    MATCH (former:Slug {tenantId: t.id, kind: 'FRANCHISE', slug: key.slug})
    WHERE former.liveAt <= $now
    MATCH (f:Franchise {id: former.pageId})
    RETURN f
  }
  MATCH (t)-[:OWNS]->(f)
  WHERE f.active AND f.publishedAt <= $now
  RETURN key.n AS n,
    {franchise: f {.id, .tenantId, .slug, .franchiseType, .title, .synopsis, .description, .language,
                   .releaseDate, .publishedAt, .linkLabels, .linkUrls}} AS node
UNION ALL
  UNWIND $series AS key
  MATCH (t:Tenant)
  WHERE t.active AND t.slug = key.tenant
    AND ($tenantId IS NULL OR t.id = $tenantId)
  CALL (t, key) {
    MATCH (s:Series {tenantId: t.id, slug: key.slug})
    RETURN s
  UNION
    MATCH (former:Slug {tenantId: t.id, kind: 'SERIES', slug: key.slug})
    WHERE former.liveAt <= $now
    MATCH (s:Series {id: former.pageId})
    RETURN s
  }
  MATCH (t)-[:OWNS]->(f:Franchise)-[:HAS_SERIES]->(s)
  WHERE f.active AND f.publishedAt <= $now AND s.active AND s.publishedAt <= $now
  RETURN key.n AS n,
    {series: s {.id, .tenantId, .slug, .title, .synopsis, .description, .language,
                .releaseDate, .publishedAt, .linkLabels, .linkUrls, franchiseId: f.id}} AS node
UNION ALL
  UNWIND $episodes AS key
  MATCH (t:Tenant)
  WHERE t.active AND t.slug = key.tenant
    AND ($tenantId IS NULL OR t.id = $tenantId)
  CALL (t, key) {
    MATCH (e:Episode {tenantId: t.id, slug: key.slug})
    RETURN e
  UNION
    MATCH (former:Slug {tenantId: t.id, kind: 'EPISODE', slug: key.slug})
    WHERE former.liveAt <= $now
    MATCH (e:Episode {id: former.pageId})
    RETURN e
  }
  MATCH (t)-[:OWNS]->(f:Franchise)-[:HAS_SERIES]->(s:Series)-[has:HAS_EPISODE]->(e)
  WHERE f.active AND f.publishedAt <= $now AND s.active AND s.publishedAt <= $now
    AND e.active AND e.publishedAt <= $now
  RETURN key.n AS n,
    {episode: e {.id, .tenantId, .slug, .title, .synopsis, .language,
                 .releaseDate, .publishedAt, .linkLabels, .linkUrls, .durationMs,
                 seriesId: s.id, season: has.season, number: has.number}} AS node
UNION ALL
  UNWIND $tags AS key
  MATCH (g:Tag {slug: key.slug})
  WHERE EXISTS {
    (g)<-[:TAGGED]-(c:Content)
    WHERE c.active AND c.publishedAt <= $now AND ($tenantId IS NULL OR c.tenantId = $tenantId)
      AND EXISTS {
        (c) (()<-[:HAS_SERIES|HAS_EPISODE]-(above WHERE above.active AND above.publishedAt <= $now)){0,2}
        (:Franchise)<-[:OWNS]-(:Tenant {active: true})
      }
  }
  RETURN key.n AS n, {tag: g {.id, .slug, .name}} AS node
UNION ALL
  UNWIND $people AS key
  MATCH (p:Person {slug: key.slug})
  WHERE EXISTS {
    (p)-[:CREDITED]->(c:Content)
    WHERE c.active AND c.publishedAt <= $now AND ($tenantId IS NULL OR c.tenantId = $tenantId)
      AND EXISTS {
        (c) (()<-[:HAS_SERIES|HAS_EPISODE]-(above WHERE above.active AND above.publishedAt <= $now)){0,2}
        (:Franchise)<-[:OWNS]-(:Tenant {active: true})
      }
  }
  RETURN key.n AS n, {person: p {.id, .slug, .name, .biography}} AS node
}
RETURN n, node
