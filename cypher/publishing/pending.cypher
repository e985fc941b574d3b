// The pages of a tenant that have a draft, those that were changed last first. A page that is read backwards is cut at its
// other end, and has the same order.
// params: forward: [{lower: [any], upper: [any]}], backward: the same, limit: int, tenantId: string
// returns: items: [{id: string, revisionId: string, changedAt: datetime}]
CALL () {
  UNWIND $forward AS key
  CALL (key) {
    MATCH (draft:Revision)
    WHERE draft.tenantId = $tenantId AND draft.state = 'DRAFT'
      AND key.lower[0] <= draft.changedAt <= key.upper[0] AND draft.id IS NOT NULL
      AND key.lower < [draft.changedAt, draft.id] < key.upper
    RETURN draft
    ORDER BY draft.tenantId DESC, draft.state DESC, draft.changedAt DESC, draft.id DESC
    LIMIT $limit
  }
  RETURN draft
UNION ALL
  UNWIND $backward AS key
  CALL (key) {
    MATCH (draft:Revision)
    WHERE draft.tenantId = $tenantId AND draft.state = 'DRAFT'
      AND key.lower[0] <= draft.changedAt <= key.upper[0] AND draft.id IS NOT NULL
      AND key.lower < [draft.changedAt, draft.id] < key.upper
    RETURN draft
    ORDER BY draft.tenantId, draft.state, draft.changedAt, draft.id
    LIMIT $limit
  }
  RETURN draft
}
WITH draft
ORDER BY draft.changedAt DESC, draft.id DESC
RETURN collect({id: draft.pageId, revisionId: draft.id, changedAt: draft.changedAt}) AS items
