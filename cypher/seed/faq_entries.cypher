// Loads the questions of tenants with their answers.
// params: rows: [{id: string, tenantId: string, slug: string, question: string, answer: string, position: int, createdAt: string}]
// returns: loaded: int
UNWIND $rows AS row
MATCH (t:Tenant {id: row.tenantId})
MERGE (q:FaqEntry {id: row.id})
ON CREATE SET q.createdAt = datetime(row.createdAt), q.version = 1
SET q:Page, q.tenantId = t.id, q.slug = row.slug, q.title = row.question, q.answer = row.answer, q.position = row.position,
  q.active = true, q.publishedAt = coalesce(q.publishedAt, datetime(row.createdAt))
MERGE (t)-[:HAS_FAQ_ENTRY]->(q)
RETURN count(q) AS loaded
