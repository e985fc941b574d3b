// A revision of a page of a tenant.
// params: id: string, tenantId: string
// returns: pageId: string, document: string
MATCH (r:Revision {id: $id})
WHERE r.tenantId = $tenantId
RETURN r.pageId AS pageId, r.document AS document
