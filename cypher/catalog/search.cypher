// Visible content, people and tags that match a text, best match first. The full-text index proposes
// candidates; the rank is computed here from the texts alone, because the index's own score changes
// with every insert and a cursor must not: the exact title first, then titles that begin with the text,
// then those with every word, typing errors included. The index queries are made by src/catalog/search.rs.
// params: contentQueries: [{text: string, inTitle: int}], nameQueries: [string], types: [string], phrase: string,
//         words: [string], candidates: int, lower: [any], upper: [any], limit: int, backward: bool,
//         tenantId: string|null, now: datetime
// returns: items: [{title: string, rank: int, node: map with one entry, named after the kind}]
CALL () {
  UNWIND $contentQueries AS query
  CALL db.index.fulltext.queryNodes('content_text', query.text, {limit: $candidates}) YIELD node AS found
  WHERE found.active AND found.publishedAt <= $now
    AND ($tenantId IS NULL OR found.tenantId = $tenantId)
    AND any(label IN labels(found) WHERE toUpper(label) IN $types)
    AND EXISTS {
      (found) (()<-[:HAS_SERIES|HAS_EPISODE]-(above WHERE above.active AND above.publishedAt <= $now)){0,2}
      (:Franchise)<-[:OWNS]-(:Tenant {active: true})
    }
  RETURN found, found.title AS title, coalesce(found.synopsis, '') + ' ' + coalesce(found.description, '') AS body,
    query.inTitle AS inTitle
UNION ALL
  UNWIND $nameQueries AS text
  CALL db.index.fulltext.queryNodes('name_text', text, {limit: $candidates}) YIELD node AS found
  WHERE any(label IN labels(found) WHERE toUpper(label) IN $types)
    AND EXISTS {
      (found)-[:CREDITED|TAGGED]-(c:Content)
      WHERE c.active AND c.publishedAt <= $now AND ($tenantId IS NULL OR c.tenantId = $tenantId)
        AND EXISTS {
          (c) (()<-[:HAS_SERIES|HAS_EPISODE]-(above WHERE above.active AND above.publishedAt <= $now)){0,2}
          (:Franchise)<-[:OWNS]-(:Tenant {active: true})
        }
    }
  RETURN found, found.name AS title, '' AS body, 1 AS inTitle
}
WITH found, title, body, max(inTitle) AS inTitle
WITH found, title, inTitle, toLower(title) AS name, toLower(body) AS body
WITH found, title,
  CASE WHEN name = $phrase THEN 400 WHEN name STARTS WITH $phrase THEN 200 ELSE 0 END
    + 100 * inTitle
    + 10 * size([word IN $words WHERE ' ' + name + ' ' CONTAINS ' ' + word + ' '])
    + 2 * size([word IN $words WHERE name CONTAINS word])
    + size([word IN $words WHERE body CONTAINS word]) AS rank
WHERE $lower < [-rank, title, found.id] < $upper
WITH found, title, rank
ORDER BY -rank, title, found.id
WITH collect({found: found, title: title, rank: rank}) AS all
UNWIND CASE WHEN $backward THEN all[-$limit..] ELSE all[..$limit] END AS kept
WITH kept.found AS c, kept.title AS title, kept.rank AS rank
OPTIONAL MATCH (s:Series)-[has:HAS_EPISODE]->(c)
OPTIONAL MATCH (f:Franchise)-[:HAS_SERIES]->(c)
WITH c, title, rank, s, has, f
ORDER BY -rank, title, c.id
RETURN collect({
  title: title,
  rank: -rank,
  node: {
    franchise: CASE WHEN c:Franchise
      THEN c {.id, .tenantId, .slug, .franchiseType, .title, .synopsis, .description, .language,
              .releaseDate, .publishedAt, .linkLabels, .linkUrls} END,
    series: CASE WHEN c:Series
      THEN c {.id, .tenantId, .slug, .title, .synopsis, .description, .language,
              .releaseDate, .publishedAt, .linkLabels, .linkUrls, franchiseId: f.id} END,
    episode: CASE WHEN c:Episode
      THEN c {.id, .tenantId, .slug, .title, .synopsis, .language,
              .releaseDate, .publishedAt, .linkLabels, .linkUrls, .durationMs,
              seriesId: s.id, season: has.season, number: has.number} END,
    person: CASE WHEN c:Person THEN c {.id, .slug, .name, .biography} END,
    tag: CASE WHEN c:Tag THEN c {.id, .slug, .name} END
  }
}) AS items
