// The tenant of a page, if the viewer belongs to it, and the request is not confined to another. The steps are apart, so
// that the planner follows the memberships of the viewer.
// params: id: string, viewerId: string|null, tenantId: string|null
// returns: tenantId: string
MATCH (p:Content|HomePage|FaqEntry {id: $id})
WHERE $tenantId IS NULL OR p.tenantId = $tenantId
WITH p.tenantId AS id
MATCH (t:Tenant {id: id})
WITH t
WHERE EXISTS { (:User {id: $viewerId})-[:MEMBER_OF]->(t) }
RETURN t.id AS tenantId
