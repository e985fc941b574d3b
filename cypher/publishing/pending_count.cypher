// How many pages of a tenant have a draft that is not published.
// params: tenantId: string
// returns: count: int
RETURN COUNT {
  MATCH (draft:Revision)
  WHERE draft.tenantId = $tenantId AND draft.state = 'DRAFT' AND draft.changedAt IS NOT NULL AND draft.id IS NOT NULL
} AS count
