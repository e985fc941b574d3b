// The tenant of a file, if the viewer belongs to it, and the request is not confined to another. The steps are apart, so
// that the planner follows the memberships of the viewer.
// params: id: string, viewerId: string, tenantId: string|null
// returns: tenantId: string
MATCH (a:Asset {id: $id})
WHERE $tenantId IS NULL OR a.tenantId = $tenantId
WITH a.tenantId AS id
MATCH (t:Tenant {id: id})
WITH t
WHERE EXISTS { (:User {id: $viewerId})-[:MEMBER_OF]->(t) }
RETURN t.id AS tenantId
