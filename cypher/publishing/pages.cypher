// Pages as their editors see them.
// params: ids: [string], tenantId: string
// returns: id: string, version: int, createdAt: datetime, publishedAt: datetime|null, draft: string|null,
//          changedAt: datetime|null, changedBy: string|null, live: map|null
UNWIND $ids AS id
MATCH (p:Content|HomePage|FaqEntry {id: id})
WHERE p.tenantId = $tenantId
OPTIONAL MATCH (p)-[:DRAFT]->(draft:Revision)
RETURN p.id AS id, coalesce(p.version, 1) AS version, p.createdAt AS createdAt, p.publishedAt AS publishedAt,
  draft.document AS draft, draft.changedAt AS changedAt, draft.changedBy AS changedBy,
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
