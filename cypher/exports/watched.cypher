// What the viewer has watched, by ids: a title may be hidden by now.
// No index leads from a user to them, so each page expands all that the viewer has watched and keeps the first: it costs
// what one person can watch, and no page costs what others have.
// params: viewerId: string, after: string, limit: int
// returns: cursor: string, item: map
MATCH (u:User {id: $viewerId})-[watched:WATCHED]->(e:Episode)
WHERE e.id > $after
RETURN e.id AS cursor, {
  episodeId: e.id, positionMs: watched.positionMs, completion: watched.completion, plays: watched.plays,
  firstAt: toString(watched.firstAt), lastAt: toString(watched.lastAt)
} AS item
ORDER BY cursor
LIMIT $limit
