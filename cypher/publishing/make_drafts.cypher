// Makes drafts of what viewers see no longer. They wait until somebody edits them or publishes them by name.
// params: pages: [{id: string, revisionId: string, document: string, assetIds: [string]}], tenantId: string,
//         viewerId: string|null, now: datetime
// returns: made: int
UNWIND $pages AS page
MATCH (p:Page {id: page.id, tenantId: $tenantId})
CREATE (p)-[:DRAFT]->(draft:Revision)
SET draft.id = page.revisionId, draft.tenantId = $tenantId, draft.pageId = page.id, draft.state = 'SHELVED',
  draft.document = page.document, draft.createdAt = $now, draft.changedAt = $now, draft.changedBy = $viewerId
CREATE (p)-[:HAS_REVISION]->(draft)
WITH page, draft
CALL (page, draft) {
  UNWIND page.assetIds AS assetId
  MATCH (a:Asset {id: assetId, tenantId: $tenantId})
  MERGE (draft)-[:HAS_ASSET]->(a)
}
RETURN count(draft) AS made
