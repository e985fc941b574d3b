// Whom and what the viewer follows. A page is read from the index that keeps everybody from following twice.
// params: viewerId: string, after: string, limit: int
// returns: cursor: string, item: map
MATCH (:User)-[follows:FOLLOWS]->()
USING INDEX follows:FOLLOWS(followerId, followedId)
WHERE follows.followerId = $viewerId AND follows.followedId > $after
RETURN follows.followedId AS cursor, {
  id: follows.followedId, since: toString(follows.since)
} AS item
ORDER BY follows.followerId, follows.followedId
LIMIT $limit
