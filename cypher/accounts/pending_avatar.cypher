// An upload that the viewer has begun.
// params: viewerId: string, id: string
// returns: key: string, contentType: string
MATCH (:User {id: $viewerId})-[:HAS_ASSET {role: 'AVATAR'}]->(a:Asset {id: $id, state: 'PENDING'})
RETURN a.key AS key, a.contentType AS contentType
