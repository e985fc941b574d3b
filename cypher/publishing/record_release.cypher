// Writes down a release: of each page what it showed before and what it shows now. A draft that was published is the page's
// live revision from now on, and never changes again.
// params: release: map, entries: [{pageId: string, beforeId: string|null, afterId: string|null,
//         renews: bool}], tenantId: string, event: map,
//         now: datetime
// returns: id: string
MATCH (t:Tenant {id: $tenantId})
SET t.releaseNumber = $release.number
CREATE (t)-[:HAS_RELEASE]->(release:Release)
SET release = $release
CREATE (e:Event)
SET e = $event
WITH release
CALL (release) {
  UNWIND $entries AS entry
  MATCH (p:Page {id: entry.pageId, tenantId: $tenantId})
  SET p.releaseNumber = release.number, p.version = coalesce(p.version, 1) + CASE WHEN entry.renews THEN 1 ELSE 0 END
  WITH release, entry, p
  OPTIONAL MATCH (p)-[was:LIVE]->(before:Revision)
  SET before.state = 'PAST'
  DELETE was
  WITH release, entry, p
  OPTIONAL MATCH (p)-[drafted:DRAFT]->(:Revision {id: entry.afterId})
  DELETE drafted
  WITH release, entry, p
  OPTIONAL MATCH (after:Revision {id: entry.afterId, tenantId: $tenantId})
  FOREACH (_ IN CASE WHEN after IS NULL THEN [] ELSE [1] END |
    SET after.state = 'LIVE', after.publishedAt = $now
    MERGE (p)-[:LIVE]->(after)
  )
  WITH release, entry
  MATCH (r:Revision {id: coalesce(entry.afterId, entry.beforeId), tenantId: $tenantId})
  CREATE (release)-[:INCLUDES {pageId: entry.pageId, beforeId: entry.beforeId, afterId: entry.afterId}]->(r)
}
RETURN release.id AS id
