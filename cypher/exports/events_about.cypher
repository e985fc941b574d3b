// What happened to the viewer without them, oldest first. Where others did it from is not told: it is theirs.
// A popular user is followed very often, so each type is a page of its own, and the page of all is merged from them: types
// that are not asked for cost nothing. What the viewer did is among the events that they did, and has no item here; it
// is a row all the same, so that a page ends.
// params: viewerId: string, after: string, limit: int, types: [string]
// returns: cursor: string, item: map|null
WITH datetime(CASE WHEN $after = '' THEN '0001-01-01T00:00:00Z' ELSE split($after, ' ')[0] END) AS at,
  coalesce(split($after, ' ')[1], '') AS id
UNWIND $types AS type
CALL (at, id, type) {
  MATCH (e:Event)
  USING INDEX e:Event(subjectId, type, at, id)
  WHERE e.subjectId = $viewerId AND e.type = type AND e.at >= at AND e.id IS NOT NULL AND [e.at, e.id] > [at, id]
  RETURN e
  ORDER BY e.subjectId, e.type, e.at, e.id
  LIMIT $limit
}
WITH e
ORDER BY e.at, e.id
LIMIT $limit
RETURN toString(e.at) + ' ' + e.id AS cursor, CASE WHEN coalesce(e.actorId, '') <> $viewerId
  THEN {id: e.id, type: e.type, at: toString(e.at), tenantId: e.tenantId}
END AS item
