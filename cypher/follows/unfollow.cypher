// Follows something no longer. Whoever did not follow it changes nothing.
// params: viewerId: string, followedId: string, event: map
// returns: deleted: int
MATCH (:User)-[follows:FOLLOWS {followerId: $viewerId, followedId: $followedId}]->()
DELETE follows
WITH count(follows) AS deleted
FOREACH (_ IN CASE WHEN deleted > 0 THEN [1] ELSE [] END |
  CREATE (e:Event)
  SET e = $event
)
RETURN deleted
