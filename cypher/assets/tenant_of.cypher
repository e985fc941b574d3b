// The tenant of a file, if the viewer belongs to it, and the request is not confined to another.
// params: id: string, viewerId: string, tenantId: string|null
// returns: tenantId: string
MATCH (a:Asset {id: $id})
WHERE $tenantId IS NULL OR a.tenantId = $tenantId
MATCH (:User {id: $viewerId})-[:MEMBER_OF]->(t:Tenant {id: a.tenantId})
RETURN t.id AS tenantId
