// Follows something that is there, unless the viewer follows too many already. Whoever follows it goes on.
// The first SET takes the lock of the user, so that two at once do not pass the limit together.
// params: viewerId: string, followedId: string, most: int, event: map, now: datetime
// returns: follows: bool
MATCH (u:User {id: $viewerId})
SET u.touchedAt = $now
WITH u
WHERE u.deletedAt IS NULL
WITH u, $followedId AS id
CALL (id) {
  MATCH (x:User {id: id})
  WHERE x.deletedAt IS NULL
  RETURN x
UNION ALL
  MATCH (x:Content {id: id})
  RETURN x
UNION ALL
  MATCH (x:Tag {id: id})
  RETURN x
}
WITH u, x, COUNT { (u)-[:FOLLOWS]->() } AS count,
  EXISTS { (:User)-[known:FOLLOWS {followerId: $viewerId, followedId: $followedId}]->() } AS already
FOREACH (_ IN CASE WHEN NOT already AND count < $most THEN [1] ELSE [] END |
  CREATE (u)-[:FOLLOWS {followerId: $viewerId, followedId: $followedId, since: $now}]->(x)
  CREATE (e:Event)
  SET e = $event
)
RETURN already OR count < $most AS follows
