// What is said in visible episodes and matches a text, best match first. The full-text index proposes cues; the rank is
// computed here from the texts alone, as in search. Captions of two episodes are found in both.
// params: words: string, phrase: string, single: [string], tenantSlug: string|null, language: string|null, candidates: int,
//         lower: [any], upper: [any], limit: int, backward: bool, tenantId: string|null, now: datetime
// returns: items: [{rank: int, assetId: string, position: int, startMs: int, endMs: int, text: string,
//          language: string|null, episode: map}]
OPTIONAL MATCH (t:Tenant {slug: $tenantSlug})
WITH t
WHERE ($tenantSlug IS NULL OR t.active) AND ($tenantId IS NULL OR t IS NULL OR t.id = $tenantId)
WITH coalesce(t.id, $tenantId) AS within
CALL (within) {
  WITH CASE WHEN within IS NULL THEN '' ELSE '+tenantId:' + within + ' ' END + $words AS query
  CALL db.index.fulltext.queryNodes('caption_text', query, {limit: $candidates}) YIELD node AS cue
  MATCH (cue)<-[:HAS_CUE]-(a:Asset)<-[:HAS_ASSET]-(e:Episode)
  WHERE a.state = 'READY' AND ($language IS NULL OR a.language = $language OR a.language STARTS WITH $language + '-')
    AND e.active AND e.publishedAt <= $now
    AND (within IS NULL OR e.tenantId = within)
    AND EXISTS {
      (e) (()<-[:HAS_SERIES|HAS_EPISODE]-(above WHERE above.active AND above.publishedAt <= $now)){2}
      (:Franchise)<-[:OWNS]-(:Tenant {active: true})
    }
  RETURN DISTINCT cue, a, e
}
WITH cue, a, e, toLower(cue.text) AS text
WITH cue, a, e,
  CASE WHEN text CONTAINS $phrase THEN 100 ELSE 0 END
    + 10 * size([word IN $single WHERE ' ' + text + ' ' CONTAINS ' ' + word + ' '])
    + size([word IN $single WHERE text CONTAINS word]) AS rank
WHERE $lower < [-rank, e.id, a.id, cue.startMs, coalesce(cue.position, 0)] < $upper
WITH cue, a, e, rank
ORDER BY -rank, e.id, a.id, cue.startMs, coalesce(cue.position, 0)
WITH collect({cue: cue, asset: a, episode: e, rank: rank}) AS all
UNWIND CASE WHEN $backward THEN all[-$limit..] ELSE all[..$limit] END AS kept
WITH kept.cue AS cue, kept.asset AS a, kept.episode AS e, kept.rank AS rank
MATCH (s:Series)-[has:HAS_EPISODE]->(e)
WITH cue, a, e, rank, s, has
ORDER BY -rank, e.id, a.id, cue.startMs, coalesce(cue.position, 0)
RETURN collect({
  rank: -rank,
  assetId: a.id,
  position: coalesce(cue.position, 0),
  startMs: cue.startMs,
  endMs: cue.endMs,
  text: cue.text,
  language: a.language,
  episode: e {.id, .tenantId, .slug, .title, .synopsis, .language, .publishedAt, .durationMs,
              seriesId: s.id, season: has.season, number: has.number}
}) AS items
