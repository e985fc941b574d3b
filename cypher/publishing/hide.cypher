// Takes pages from viewers. What they said stays in their revisions; their relationships stay as well, so that what lies below
// them keeps its place. A draft that there is waits until somebody edits it or publishes it by name.
// params: ids: [string], archivedIds: [string], tenantId: string, now: datetime
// returns: hidden: int
UNWIND $ids AS id
MATCH (p:Page {id: id, tenantId: $tenantId})
CALL (p) {
  WITH p
  WHERE p.publishedAt IS NOT NULL
  WITH p, CASE WHEN p:Franchise THEN 'FRANCHISE' WHEN p:Series THEN 'SERIES' WHEN p:Episode THEN 'EPISODE'
    WHEN p:HomePage THEN 'HOME_PAGE' ELSE 'FAQ_ENTRY' END AS kind
  MERGE (slug:Slug {tenantId: $tenantId, kind: kind, slug: p.slug})
  ON CREATE SET slug.pageId = p.id, slug.createdAt = $now
  SET slug.liveAt = coalesce(slug.liveAt, p.publishedAt)
}
SET p.publishedAt = null,
  p.archivedAt = CASE WHEN id IN $archivedIds THEN coalesce(p.archivedAt, $now) ELSE null END
WITH p
OPTIONAL MATCH (p)-[:DRAFT]->(draft:Revision)
SET draft.state = 'SHELVED'
RETURN count(p) AS hidden
