// What decides whether pages can be published together: whether viewers see the pages that they belong to, who else has
// their slugs or their places, and which of the things that they refer to are there.
// params: pages: [{id: string, kind: string, slug: string, parentId: string|null, season: int|null, number: int|null,
//         tagIds: [string], personIds: [string], assetIds: [string]}], tenantId: string
// returns: id: string, parentIsThere: bool, parentIsPublished: bool, slugIsTaken: bool, placeIsTakenBy: string|null,
//          tags: [string], people: [string], assets: [string], hasChildren: bool
UNWIND $pages AS page
CALL (page) {
  OPTIONAL MATCH (parent:Content {id: page.parentId})
  WHERE parent.tenantId = $tenantId
  RETURN parent IS NOT NULL AS parentIsThere, coalesce(parent.publishedAt IS NOT NULL, false) AS parentIsPublished
}
CALL (page) {
  OPTIONAL MATCH (s:Series {id: page.parentId})-[has:HAS_EPISODE]->(e:Episode)
  WHERE page.kind = 'EPISODE' AND s.tenantId = $tenantId AND has.season = page.season AND has.number = page.number
    AND e.id <> page.id AND e.publishedAt IS NOT NULL
  RETURN head(collect(e.id)) AS placeIsTakenBy
}
CALL (page) {
  UNWIND page.tagIds AS id
  MATCH (g:Tag {id: id})
  RETURN collect(g.id) AS tags
}
CALL (page) {
  UNWIND page.personIds AS id
  MATCH (who:Person {id: id})
  RETURN collect(who.id) AS people
}
CALL (page) {
  UNWIND page.assetIds AS id
  MATCH (a:Asset {id: id})
  WHERE a.tenantId = $tenantId AND a.state = 'READY'
  RETURN collect(a.id) AS assets
}
RETURN page.id AS id, parentIsThere, parentIsPublished, placeIsTakenBy, tags, people, assets,
  CASE page.kind WHEN 'FRANCHISE' THEN EXISTS {
      MATCH (f:Franchise {tenantId: $tenantId, slug: page.slug})
      WHERE f.id <> page.id
    } WHEN 'SERIES' THEN EXISTS {
      MATCH (s:Series {tenantId: $tenantId, slug: page.slug})
      WHERE s.id <> page.id
    } WHEN 'EPISODE' THEN EXISTS {
      MATCH (e:Episode {tenantId: $tenantId, slug: page.slug})
      WHERE e.id <> page.id
    } WHEN 'HOME_PAGE' THEN EXISTS {
      MATCH (h:HomePage {tenantId: $tenantId, slug: page.slug})
      WHERE h.id <> page.id
    } ELSE EXISTS {
      MATCH (q:FaqEntry {tenantId: $tenantId, slug: page.slug})
      WHERE q.id <> page.id
    } END
    OR EXISTS {
      MATCH (slug:Slug {tenantId: $tenantId, kind: page.kind, slug: page.slug})
      WHERE slug.pageId <> page.id
    } AS slugIsTaken,
  EXISTS {
    (:Content {id: page.id})-[:HAS_SERIES|HAS_EPISODE]->(child)
    WHERE child.publishedAt IS NOT NULL
  } AS hasChildren
