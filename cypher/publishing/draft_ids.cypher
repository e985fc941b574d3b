// The pages of a tenant that have a draft, those that were changed first coming first.
// params: tenantId: string, limit: int
// returns: id: string
MATCH (draft:Revision)
WHERE draft.tenantId = $tenantId AND draft.state = 'DRAFT' AND draft.changedAt IS NOT NULL AND draft.id IS NOT NULL
RETURN draft.pageId AS id
ORDER BY draft.tenantId, draft.state, draft.changedAt, draft.id
LIMIT $limit
