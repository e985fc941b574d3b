// What a release changed, with the documents that it took from viewers and what viewers see now.
// params: number: int, tenantId: string
// returns: pageId: string, beforeId: string|null, afterId: string|null, before: string|null, pages: int
MATCH (release:Release {tenantId: $tenantId, number: $number})-[includes:INCLUDES]->(:Revision)
OPTIONAL MATCH (before:Revision {id: includes.beforeId})
WHERE before.tenantId = $tenantId
RETURN includes.pageId AS pageId, includes.beforeId AS beforeId, includes.afterId AS afterId, before.document AS before,
  release.pages AS pages
ORDER BY pageId
