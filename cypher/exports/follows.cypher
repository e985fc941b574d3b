// Whom and what the viewer follows.
// params: viewerId: string, after: string, limit: int
// returns: cursor: string, item: map
MATCH (u:User {id: $viewerId})-[follows:FOLLOWS]->()
WHERE follows.followedId > $after
RETURN follows.followedId AS cursor, {
  id: follows.followedId, since: toString(follows.since)
} AS item
ORDER BY cursor
LIMIT $limit
