// Writes down what viewers have seen of pages before the first release that changed them, so that it can come back.
// params: pages: [{id: string, revisionId: string, document: string, assetIds: [string]}], tenantId: string
// returns: kept: int
UNWIND $pages AS page
MATCH (p:Page {id: page.id, tenantId: $tenantId})
CREATE (p)-[:LIVE]->(r:Revision)
SET r.id = page.revisionId, r.tenantId = $tenantId, r.pageId = page.id, r.state = 'LIVE', r.document = page.document,
  r.createdAt = p.createdAt, r.changedAt = p.publishedAt
CREATE (p)-[:HAS_REVISION]->(r)
WITH page, r
CALL (page, r) {
  UNWIND page.assetIds AS assetId
  MATCH (a:Asset {id: assetId, tenantId: $tenantId})
  MERGE (r)-[:HAS_ASSET]->(a)
}
RETURN count(r) AS kept
