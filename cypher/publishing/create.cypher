// Makes a page that nobody sees before it is published, if the tenant's plan has room for it; what was made with the same
// key is found again. The first SET takes the lock of the tenant, under which its items are counted.
// params: id: string, kind: string, creationKey: string|null, maxFaqEntries: int, plan: string,
//         maxItems: {plan: int},
//         tenantId: string, viewerId: string|null, sessionId: string|null, roles: [string], now: datetime
// returns: verdict: string, id: string
MATCH (t:Tenant {id: $tenantId})
SET t.lockedAt = $now
WITH t
WHERE EXISTS {
  (u:User {id: $viewerId})-[mine:MEMBER_OF]->(t)
  WHERE mine.role IN $roles AND ($sessionId IS NULL OR EXISTS { (u)-[:HAS_SESSION]->(:Session {id: $sessionId}) })
}
OPTIONAL MATCH (before:Page {creationKey: $creationKey})
WITH t, before,
  COUNT { MATCH (f:Franchise) WHERE f.tenantId = $tenantId AND f.slug IS NOT NULL }
  + COUNT { MATCH (s:Series) WHERE s.tenantId = $tenantId AND s.slug IS NOT NULL }
  + COUNT { MATCH (e:Episode) WHERE e.tenantId = $tenantId AND e.slug IS NOT NULL } AS items,
  COUNT { MATCH (q:FaqEntry) WHERE q.tenantId = $tenantId AND q.slug IS NOT NULL } AS questions
WITH t, before, CASE
    WHEN before IS NOT NULL THEN 'MADE_BEFORE'
    WHEN $kind = 'HOME_PAGE' THEN 'MADE'
    WHEN $kind = 'FAQ_ENTRY' THEN CASE WHEN questions >= $maxFaqEntries THEN 'FULL' ELSE 'MADE' END
    WHEN items >= coalesce(t.maxItems, $maxItems[coalesce(t.plan, $plan)]) THEN 'FULL'
    ELSE 'MADE'
  END AS verdict
FOREACH (_ IN CASE WHEN verdict = 'MADE' THEN [1] ELSE [] END |
  CREATE (p:Page)
  SET p.id = $id, p.tenantId = $tenantId, p.createdAt = $now, p.version = 0, p.creationKey = $creationKey
  FOREACH (_ IN CASE WHEN $kind = 'FRANCHISE' THEN [1] ELSE [] END | SET p:Content:Franchise)
  FOREACH (_ IN CASE WHEN $kind = 'SERIES' THEN [1] ELSE [] END | SET p:Content:Series)
  FOREACH (_ IN CASE WHEN $kind = 'EPISODE' THEN [1] ELSE [] END | SET p:Content:Episode)
  FOREACH (_ IN CASE WHEN $kind = 'HOME_PAGE' THEN [1] ELSE [] END | SET p:HomePage)
  FOREACH (_ IN CASE WHEN $kind = 'FAQ_ENTRY' THEN [1] ELSE [] END | SET p:FaqEntry)
)
RETURN verdict, coalesce(before.id, $id) AS id
