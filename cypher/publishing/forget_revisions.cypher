// Deletes versions of pages that viewers have seen, beyond the number that is kept of each page, and not more of a page than
// `most`.
// params: pageIds: [string], keep: int, most: int, tenantId: string
// returns: deleted: int
UNWIND $pageIds AS pageId
MATCH (p:Page {id: pageId, tenantId: $tenantId})
CALL (p) {
  MATCH (p)-[:HAS_REVISION]->(r:Revision)
  WHERE r.state = 'PAST'
  WITH r
  ORDER BY coalesce(r.publishedAt, r.changedAt, r.createdAt) DESC, r.id DESC
  SKIP $keep
  LIMIT $most
  DETACH DELETE r
  RETURN count(*) AS deleted
}
RETURN sum(deleted) AS deleted
