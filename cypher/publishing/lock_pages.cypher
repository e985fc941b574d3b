// Takes the locks of pages, in the order of their ids, for somebody who may edit them, and reads what is there. What viewers
// see is read from the page's own node, so it is true of pages, too, that no draft was ever made of.
// Without roles, it is the server itself that does it.
// params: ids: [string], tenantId: string, viewerId: string|null, sessionId: string|null, roles: [string]|null, now: datetime
// returns: id: string, version: int, draftId: string|null, draft: string|null, liveId: string|null,
//          releaseNumber: int|null, wasShown: bool,
//          live: map|null
MATCH (t:Tenant {id: $tenantId})
WHERE $roles IS NULL OR EXISTS {
  (u:User {id: $viewerId})-[mine:MEMBER_OF]->(t)
  WHERE mine.role IN $roles AND ($sessionId IS NULL OR EXISTS { (u)-[:HAS_SESSION]->(:Session {id: $sessionId}) })
}
UNWIND $ids AS id
CALL (id) {
  MATCH (p:Content|HomePage|FaqEntry {id: id})
  WHERE p.tenantId = $tenantId
  SET p.lockedAt = $now, p:Page
  WITH p
  WHERE p.id IS NOT NULL
  RETURN p
}
OPTIONAL MATCH (p)-[:DRAFT]->(draft:Revision)
OPTIONAL MATCH (p)-[:LIVE]->(live:Revision)
WITH p, draft, live
ORDER BY p.id
RETURN p.id AS id, coalesce(p.version, 1) AS version, draft.id AS draftId, draft.document AS draft, live.id AS liveId,
  p.releaseNumber AS releaseNumber,
  p.publishedAt IS NOT NULL OR EXISTS { (p)-[:HAS_REVISION]->(past:Revision) WHERE past.state IN ['LIVE', 'PAST'] } AS wasShown,
  CASE WHEN p.publishedAt IS NULL THEN null ELSE p {
    .slug, .title, .language, .active, .franchiseType, .durationMs, .linkLabels, .linkUrls, .answer, .rails,
    shortDescription: p.synopsis,
    longDescription: p.description,
    releaseDate: toString(p.releaseDate),
    franchiseId: head([(f:Franchise)-[:HAS_SERIES]->(p) | f.id]),
    position: coalesce(head([(:Franchise)-[has:HAS_SERIES]->(p) | has.position]), p.position),
    seriesId: head([(s:Series)-[:HAS_EPISODE]->(p) | s.id]),
    season: head([(:Series)-[has:HAS_EPISODE]->(p) | has.season]),
    number: head([(:Series)-[has:HAS_EPISODE]->(p) | has.number]),
    tagIds: [(p)-[:TAGGED]->(g:Tag) | g.id],
    credits: [(who:Person)-[credited:CREDITED]->(p) |
      {personId: who.id, role: credited.role, character: credited.character, position: credited.position}],
    assets: [(p)-[has:HAS_ASSET]->(a:Asset) | {role: has.role, assetId: a.id, language: a.language}]
  } END AS live
