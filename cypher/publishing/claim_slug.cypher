// Takes a slug for a page, unless another page has it or had it: what viewers once found under it is still found. The
// constraint on slugs decides between two who take it at the same time.
// params: pageId: string, kind: string, slug: string, tenantId: string, now: datetime
// returns: taken: bool
CALL () {
  WITH CASE $kind WHEN 'FRANCHISE' THEN EXISTS {
      MATCH (f:Franchise {tenantId: $tenantId, slug: $slug})
      WHERE f.id <> $pageId
    } WHEN 'SERIES' THEN EXISTS {
      MATCH (s:Series {tenantId: $tenantId, slug: $slug})
      WHERE s.id <> $pageId
    } WHEN 'EPISODE' THEN EXISTS {
      MATCH (e:Episode {tenantId: $tenantId, slug: $slug})
      WHERE e.id <> $pageId
    } WHEN 'HOME_PAGE' THEN EXISTS {
      MATCH (h:HomePage {tenantId: $tenantId, slug: $slug})
      WHERE h.id <> $pageId
    } ELSE EXISTS {
      MATCH (q:FaqEntry {tenantId: $tenantId, slug: $slug})
      WHERE q.id <> $pageId
    } END AS elsewhere
  RETURN elsewhere
}
MERGE (slug:Slug {tenantId: $tenantId, kind: $kind, slug: $slug})
ON CREATE SET slug.pageId = CASE WHEN elsewhere THEN null ELSE $pageId END, slug.createdAt = $now
WITH slug, elsewhere OR coalesce(slug.pageId <> $pageId, true) AS taken
CALL (slug) {
  WITH slug
  WHERE slug.pageId IS NULL
  DELETE slug
}
RETURN taken
