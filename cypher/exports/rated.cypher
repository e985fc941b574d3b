// How the viewer has rated series, by ids: a title may be hidden by now.
// No index leads from a user to them, so each page expands all that the viewer has rated and keeps the first: it costs
// what one person can rate, and no page costs what others have.
// params: viewerId: string, after: string, limit: int
// returns: cursor: string, item: map
MATCH (u:User {id: $viewerId})-[rated:RATED]->(s:Series)
WHERE s.id > $after
RETURN s.id AS cursor, {
  seriesId: s.id, stars: rated.stars, at: toString(rated.at)
} AS item
ORDER BY cursor
LIMIT $limit
