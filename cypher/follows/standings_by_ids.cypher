// How many follow each thing, and whether the viewer does. The number is kept by Neo4j at the node; it counts those,
// too, whose accounts are about to be deleted. Whether the viewer follows is read from the index of both ids.
// params: userIds: [string], contentIds: [string], tagIds: [string], viewerId: string|null
// returns: id: string, followers: int, viewerFollows: bool
CALL () {
  UNWIND $userIds AS id
  MATCH (x:User {id: id})
  RETURN x
UNION ALL
  UNWIND $contentIds AS id
  MATCH (x:Content {id: id})
  RETURN x
UNION ALL
  UNWIND $tagIds AS id
  MATCH (x:Tag {id: id})
  RETURN x
}
RETURN x.id AS id, COUNT { (x)<-[:FOLLOWS]-() } AS followers,
  EXISTS { (:User)-[f:FOLLOWS]->() WHERE f.followerId = $viewerId AND f.followedId = x.id } AS viewerFollows
