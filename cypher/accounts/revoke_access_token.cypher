// Ends an access token of the viewer. The steps are apart, so that the planner never begins at both ends.
// params: viewerId: string, id: string, event: map
// returns: id: string
MATCH (t:AccessToken {id: $id})
WITH t
WHERE EXISTS { (:User {id: $viewerId})-[:HAS_ACCESS_TOKEN]->(t) }
DETACH DELETE t
CREATE (e:Event)
SET e = $event
RETURN $id AS id
