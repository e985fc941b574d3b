// Ends an access token of the viewer.
// params: viewerId: string, id: string, event: map
// returns: id: string
MATCH (:User {id: $viewerId})-[:HAS_ACCESS_TOKEN]->(t:AccessToken {id: $id})
DETACH DELETE t
CREATE (e:Event)
SET e = $event
RETURN $id AS id
