// Writes down that pages will be published at a moment, as they are now: copies of their drafts are pinned, so that later edits
// are not published along. The lock of the tenant is held.
// params: schedule: map, pages: [{id: string, revisionId: string, document: string, assetIds: [string]}], maxPending: int,
//         tenantId: string, event: map, now: datetime
// returns: id: string
MATCH (t:Tenant {id: $tenantId})
WHERE COUNT {
  MATCH (other:Schedule)
  WHERE other.tenantId = $tenantId AND other.state = 'PENDING' AND other.at IS NOT NULL AND other.id IS NOT NULL
} < $maxPending
CREATE (t)-[:HAS_SCHEDULE]->(s:Schedule)
SET s = $schedule
CREATE (e:Event)
SET e = $event
WITH s
CALL (s) {
  UNWIND $pages AS page
  MATCH (p:Page {id: page.id, tenantId: $tenantId})
  CREATE (p)-[:HAS_REVISION]->(r:Revision)
  SET r.id = page.revisionId, r.tenantId = $tenantId, r.pageId = page.id, r.state = 'PINNED', r.document = page.document,
    r.createdAt = $now, r.changedAt = $now
  CREATE (s)-[:PINS]->(r)
  WITH page, r
  UNWIND page.assetIds AS assetId
  MATCH (a:Asset {id: assetId, tenantId: $tenantId})
  MERGE (r)-[:HAS_ASSET]->(a)
}
RETURN s.id AS id
