// Takes pages from viewers. What they said stays in their revisions; their relationships stay as well, so that what lies below
// them keeps its place. A draft that there is waits until somebody edits it or publishes it by name.
// params: ids: [string], archivedIds: [string], tenantId: string, now: datetime
// returns: hidden: int
UNWIND $ids AS id
MATCH (p:Page {id: id, tenantId: $tenantId})
SET p.publishedAt = null,
  p.archivedAt = CASE WHEN id IN $archivedIds THEN coalesce(p.archivedAt, $now) ELSE null END
WITH p
OPTIONAL MATCH (p)-[:DRAFT]->(draft:Revision)
SET draft.state = 'SHELVED'
RETURN count(p) AS hidden
