// What a release changed, with the documents that it took from viewers and what viewers see now. Of a release whose pages are all
// forgotten there is one row without a page; `included` is how many there were.
// params: number: int, tenantId: string
// returns: pageId: string|null, beforeId: string|null, afterId: string|null, before: string|null, included: int|null
MATCH (release:Release {tenantId: $tenantId, number: $number})
OPTIONAL MATCH (release)-[includes:INCLUDES]->(:Revision)
OPTIONAL MATCH (before:Revision {id: includes.beforeId})
WHERE before.tenantId = $tenantId
RETURN includes.pageId AS pageId, includes.beforeId AS beforeId, includes.afterId AS afterId, before.document AS before,
  release.included AS included
ORDER BY pageId
