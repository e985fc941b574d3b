// The versions of a page that viewers have seen, the newest first. About a hundred are kept, so a page of the list is
// cut from the sorted whole.
// params: pageId: string, lower: [any], upper: [any], limit: int, backward: bool, tenantId: string
// returns: items: [{id: string, state: string, publishedAt: datetime, document: string}]
MATCH (p:Content {id: $pageId})-[:HAS_REVISION]->(r:Revision)
WHERE p.tenantId = $tenantId AND r.state IN ['LIVE', 'PAST']
WITH r, coalesce(r.publishedAt, r.changedAt, r.createdAt) AS publishedAt
WHERE $lower < [publishedAt, r.id] < $upper
WITH r, publishedAt
ORDER BY publishedAt DESC, r.id DESC
WITH collect({id: r.id, state: r.state, publishedAt: publishedAt, document: r.document}) AS all
RETURN CASE WHEN $backward THEN all[-$limit..] ELSE all[..$limit] END AS items
