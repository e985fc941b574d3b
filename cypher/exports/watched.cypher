// What the viewer has watched.
// params: viewerId: string, after: string, limit: int
// returns: cursor: string, item: map
MATCH (u:User {id: $viewerId})-[watched:WATCHED]->(e:Episode)
WHERE e.id > $after
RETURN e.id AS cursor, {
  episodeId: e.id, title: e.title, positionMs: watched.positionMs, completion: watched.completion, plays: watched.plays,
  firstAt: toString(watched.firstAt), lastAt: toString(watched.lastAt)
} AS item
ORDER BY cursor
LIMIT $limit
