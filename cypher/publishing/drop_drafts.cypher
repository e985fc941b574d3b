// Forgets the drafts of pages whose locks are held. A page that was never published is forgotten as a whole.
// params: pages: [{id: string, event: map}], tenantId: string
// returns: dropped: int
UNWIND $pages AS page
MATCH (p:Page {id: page.id, tenantId: $tenantId})
MATCH (p)-[:DRAFT]->(draft:Revision)
SET p.version = coalesce(p.version, 1) + 1
DETACH DELETE draft
CREATE (e:Event)
SET e = page.event
WITH p
CALL (p) {
  MATCH (slug:Slug {pageId: p.id})
  WHERE slug.tenantId = $tenantId AND slug.liveAt IS NULL
    AND (p.slug <> slug.slug OR NOT EXISTS { (p)-[:HAS_REVISION]->(r:Revision) WHERE r.state IN ['LIVE', 'PAST'] })
  DELETE slug
}
CALL (p) {
  WITH p
  WHERE p.publishedAt IS NULL AND NOT EXISTS { (p)-[:HAS_REVISION]->(r:Revision) WHERE r.state IN ['LIVE', 'PAST'] }
  DETACH DELETE p
}
RETURN count(*) AS dropped
