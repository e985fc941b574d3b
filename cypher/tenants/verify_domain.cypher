// Notes that a tenant owns a domain, which whoever had it before loses. The first SET takes the lock of the tenant, under
// which the viewer's role is read again; the next one that of the former tenant. The constraint on verified names makes it
// fail where a third tenant verifies the same one at the same time.
// params: tenantId: string, viewerId: string, id: string, roles: [string], event: map, lostEvent: map, now: datetime
// returns: allowed: bool, domain: map
MATCH (t:Tenant {id: $tenantId})
SET t.lockedAt = $now
WITH t
MATCH (t)-[:HAS_DOMAIN]->(d:Domain {id: $id})
OPTIONAL MATCH (:User {id: $viewerId})-[mine:MEMBER_OF]->(t)
WITH d, d.verifiedAt IS NULL AS isNew, coalesce(mine.role IN $roles, false) AS allowed
OPTIONAL MATCH (:Domain {verifiedName: d.name})<-[:HAS_DOMAIN]-(former:Tenant)
WHERE allowed AND isNew
SET former.lockedAt = $now
WITH d, isNew, allowed, former
OPTIONAL MATCH (former)-[:HAS_DOMAIN]->(lost:Domain {verifiedName: d.name})
FOREACH (_ IN CASE WHEN lost IS NULL THEN [] ELSE [1] END |
  SET lost.verifiedName = null, lost.verifiedAt = null
  CREATE (l:Event)
  SET l = $lostEvent, l.subjectId = lost.id, l.tenantId = former.id
)
FOREACH (_ IN CASE WHEN allowed AND isNew THEN [1] ELSE [] END |
  SET d.verifiedName = d.name, d.verifiedAt = $now
  CREATE (e:Event)
  SET e = $event
)
RETURN allowed, d {.id, .name, .token, .createdAt, .verifiedAt} AS domain
