// What the viewer did, oldest first. What it was done to is told where it is the viewer, or where the viewer has to know
// it to do it: `told` are those types. Anything else would say whether an address has an account.
// The moment and the id are the place in the order, as the text `moment id`; the index of both makes a page cost a page.
// params: viewerId: string, after: string, limit: int, told: [string]
// returns: cursor: string, item: map
WITH datetime(CASE WHEN $after = '' THEN '0001-01-01T00:00:00Z' ELSE split($after, ' ')[0] END) AS at,
  coalesce(split($after, ' ')[1], '') AS id
MATCH (e:Event)
USING INDEX e:Event(actorId, at, id)
WHERE e.actorId = $viewerId AND e.at >= at AND e.id IS NOT NULL AND [e.at, e.id] > [at, id]
RETURN toString(e.at) + ' ' + e.id AS cursor, {
  id: e.id, type: e.type, at: toString(e.at), tenantId: e.tenantId, address: e.address, userAgent: e.userAgent,
  subjectId: CASE WHEN e.subjectId = $viewerId OR e.type IN $told THEN e.subjectId END, payload: e.payload
} AS item
ORDER BY e.actorId, e.at, e.id
LIMIT $limit
