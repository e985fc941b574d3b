// Shows pages to viewers as their documents say: the properties and relationships of each page become those of the row. A
// tag keeps the moment at which it was put on. Slugs that a page is shown under lead to it for good. In a preview, what is
// new is as old as its draft, so that lists and their cursors are the same in the next preview.
// params: pages: [{id: string, kind: string, properties: map, parentId: string|null, position: int|null, season: int|null,
//         number: int|null, tagIds: [string], credits: [{personId: string, role: string, character: string|null,
//         position: int}], assets: [{assetId: string, role: string}]}], tenantId: string,
//         isPreview: bool, now: datetime
// returns: shown: int
UNWIND $pages AS page
MATCH (p:Page {id: page.id, tenantId: $tenantId})
OPTIONAL MATCH (p)-[:DRAFT]->(draft:Revision)
WITH page, p, p.slug AS former, p.publishedAt AS since,
  CASE WHEN $isPreview AND draft.changedAt < $now THEN draft.changedAt ELSE $now END AS at
CALL (page, p, former, since) {
  WITH page, p, former, since
  WHERE since IS NOT NULL AND former <> page.properties.slug
  MERGE (slug:Slug {tenantId: $tenantId, kind: page.kind, slug: former})
  ON CREATE SET slug.pageId = p.id, slug.createdAt = $now
  SET slug.liveAt = coalesce(slug.liveAt, since)
}
SET p += page.properties, p.publishedAt = coalesce(p.publishedAt, at), p.archivedAt = null
WITH page, p, at
CALL (page, p) {
  WITH page, p
  WHERE page.kind = 'FRANCHISE'
  MATCH (t:Tenant {id: $tenantId})
  MERGE (t)-[:OWNS]->(p)
}
CALL (page, p) {
  WITH page, p
  WHERE page.kind = 'SERIES'
  OPTIONAL MATCH (old:Franchise)-[former:HAS_SERIES]->(p)
  WHERE old.id <> page.parentId
  DELETE former
  WITH DISTINCT page, p
  MATCH (f:Franchise {id: page.parentId, tenantId: $tenantId})
  MERGE (f)-[has:HAS_SERIES]->(p)
  SET has.position = page.position
}
CALL (page, p) {
  WITH page, p
  WHERE page.kind = 'EPISODE'
  OPTIONAL MATCH (old:Series)-[former:HAS_EPISODE]->(p)
  WHERE old.id <> page.parentId
  DELETE former
  WITH DISTINCT page, p
  MATCH (s:Series {id: page.parentId, tenantId: $tenantId})
  MERGE (s)-[has:HAS_EPISODE]->(p)
  SET has.season = page.season, has.number = page.number
}
CALL (page, p) {
  WITH page, p
  WHERE page.kind = 'HOME_PAGE'
  MATCH (t:Tenant {id: $tenantId})
  MERGE (t)-[:HAS_HOME_PAGE]->(p)
}
CALL (page, p) {
  WITH page, p
  WHERE page.kind = 'FAQ_ENTRY'
  MATCH (t:Tenant {id: $tenantId})
  MERGE (t)-[:HAS_FAQ_ENTRY]->(p)
}
CALL (page, p) {
  MATCH (p)-[former:TAGGED]->(g:Tag)
  WHERE NOT g.id IN page.tagIds
  DELETE former
}
CALL (page, p, at) {
  UNWIND page.tagIds AS tagId
  MATCH (g:Tag {id: tagId})
  MERGE (p)-[tagged:TAGGED]->(g)
  ON CREATE SET tagged.tagId = g.id, tagged.contentId = p.id, tagged.at = at
}
CALL (page, p) {
  MATCH (p)<-[former:CREDITED]-(:Person)
  DELETE former
}
CALL (page, p) {
  UNWIND page.credits AS credit
  MATCH (who:Person {id: credit.personId})
  CREATE (who)-[:CREDITED {role: credit.role, character: credit.character, position: credit.position}]->(p)
}
CALL (page, p) {
  MATCH (p)-[former:HAS_ASSET]->(:Asset)
  DELETE former
}
CALL (page, p) {
  UNWIND page.assets AS asset
  MATCH (a:Asset {id: asset.assetId, tenantId: $tenantId})
  CREATE (p)-[:HAS_ASSET {role: asset.role}]->(a)
}
CALL (page, p) {
  MERGE (slug:Slug {tenantId: $tenantId, kind: page.kind, slug: page.properties.slug})
  ON CREATE SET slug.pageId = p.id, slug.createdAt = $now
  SET slug.liveAt = coalesce(slug.liveAt, $now)
}
RETURN count(p) AS shown
