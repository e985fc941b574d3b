// Takes the lock of a tenant, under which its items are counted, for somebody who may edit there. Without roles, it is the
// server itself that does it.
// params: plan: string, maxItems: {plan: int}, tenantId: string, viewerId: string|null, sessionId: string|null,
//         roles: [string]|null, now: datetime
// returns: items: int, most: int
MATCH (t:Tenant {id: $tenantId})
SET t.lockedAt = $now
WITH t
WHERE $roles IS NULL OR EXISTS {
  (u:User {id: $viewerId})-[mine:MEMBER_OF]->(t)
  WHERE mine.role IN $roles AND ($sessionId IS NULL OR EXISTS { (u)-[:HAS_SESSION]->(:Session {id: $sessionId}) })
}
RETURN COUNT { MATCH (f:Franchise) WHERE f.tenantId = $tenantId AND f.slug IS NOT NULL }
  + COUNT { MATCH (s:Series) WHERE s.tenantId = $tenantId AND s.slug IS NOT NULL }
  + COUNT { MATCH (e:Episode) WHERE e.tenantId = $tenantId AND e.slug IS NOT NULL } AS items,
  coalesce(t.maxItems, $maxItems[coalesce(t.plan, $plan)]) AS most
