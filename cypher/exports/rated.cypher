// How the viewer has rated series.
// params: viewerId: string, after: string, limit: int
// returns: cursor: string, item: map
MATCH (u:User {id: $viewerId})-[rated:RATED]->(s:Series)
WHERE s.id > $after
RETURN s.id AS cursor, {
  seriesId: s.id, title: s.title, stars: rated.stars, at: toString(rated.at)
} AS item
ORDER BY cursor
LIMIT $limit
