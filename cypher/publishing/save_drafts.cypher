// Writes the drafts of pages whose locks are held. Slugs that a page has taken and no viewer ever saw are given up.
// A page that was never published carries the slug of its draft, so that its tenant's items are counted.
// params: drafts: [{id: string, revisionId: string, document: string, slug: string, assetIds: [string], event: map}],
//         tenantId: string, viewerId: string|null, now: datetime
// returns: id: string
UNWIND $drafts AS row
MATCH (p:Page {id: row.id, tenantId: $tenantId})
SET p.version = coalesce(p.version, 1) + 1
FOREACH (_ IN CASE WHEN p.publishedAt IS NULL THEN [1] ELSE [] END |
  SET p.slug = row.slug
)
MERGE (p)-[:DRAFT]->(draft:Revision)
ON CREATE SET draft.id = row.revisionId, draft.tenantId = $tenantId, draft.pageId = row.id, draft.createdAt = $now
SET draft.state = 'DRAFT', draft.document = row.document, draft.changedAt = $now, draft.changedBy = $viewerId
MERGE (p)-[:HAS_REVISION]->(draft)
WITH p, draft, row
CALL (draft, row) {
  OPTIONAL MATCH (draft)-[old:HAS_ASSET]->(a:Asset)
  WHERE NOT a.id IN row.assetIds
  DELETE old
}
CALL (draft, row) {
  UNWIND row.assetIds AS assetId
  MATCH (a:Asset {id: assetId, tenantId: $tenantId})
  MERGE (draft)-[:HAS_ASSET]->(a)
}
CALL (p, row) {
  MATCH (slug:Slug {pageId: p.id})
  WHERE slug.tenantId = $tenantId AND slug.liveAt IS NULL AND NOT slug.slug IN [row.slug, p.slug]
  DELETE slug
}
CREATE (e:Event)
SET e = row.event
RETURN p.id AS id
