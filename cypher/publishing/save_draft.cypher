// Writes the draft of a page whose lock is held. Slugs that the page has taken and no viewer ever saw are given up.
// A page that was never published carries the slug of its draft, so that its tenant's items are counted.
// params: id: string, tenantId: string, viewerId: string|null, revisionId: string, document: string, slug: string,
//         assetIds: [string], event: map, now: datetime
// returns: version: int
MATCH (p:Page {id: $id, tenantId: $tenantId})
SET p.version = coalesce(p.version, 1) + 1
FOREACH (_ IN CASE WHEN p.publishedAt IS NULL THEN [1] ELSE [] END |
  SET p.slug = $slug
)
MERGE (p)-[:DRAFT]->(draft:Revision)
ON CREATE SET draft.id = $revisionId, draft.tenantId = $tenantId, draft.pageId = $id, draft.createdAt = $now
SET draft.state = 'DRAFT', draft.document = $document, draft.changedAt = $now, draft.changedBy = $viewerId
MERGE (p)-[:HAS_REVISION]->(draft)
WITH p, draft
CALL (draft) {
  OPTIONAL MATCH (draft)-[old:HAS_ASSET]->(a:Asset)
  WHERE NOT a.id IN $assetIds
  DELETE old
}
CALL (draft) {
  UNWIND $assetIds AS assetId
  MATCH (a:Asset {id: assetId, tenantId: $tenantId})
  MERGE (draft)-[:HAS_ASSET]->(a)
}
CALL (p) {
  MATCH (slug:Slug {pageId: p.id})
  WHERE slug.tenantId = $tenantId AND slug.liveAt IS NULL AND NOT slug.slug IN [$slug, p.slug]
  DELETE slug
}
CREATE (e:Event)
SET e = $event
RETURN p.version AS version
