// Takes the lock of a schedule whose time has come, and says which versions of which pages it pins; nothing when it was carried
// out or called off before.
// params: id: string, tenantId: string, now: datetime
// returns: pageId: string, revisionId: string, document: string
MATCH (s:Schedule {id: $id})
WHERE s.tenantId = $tenantId
SET s.lockedAt = $now
WITH s
WHERE s.state = 'PENDING'
MATCH (s)-[:PINS]->(r:Revision)
RETURN r.pageId AS pageId, r.id AS revisionId, r.document AS document
ORDER BY pageId
