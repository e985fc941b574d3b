// Takes the lock of a tenant for a release by somebody who may publish, so that releases come one after the other, and says
// which number the next one has; the release that was made with the same key is found again.
// Without roles, it is the server itself that does it.
// params: tenantId: string, viewerId: string|null, sessionId: string|null, roles: [string]|null, creationKey: string|null,
//         now: datetime
// returns: number: int, before: string|null, maxShortDescription: int|null, maxLongDescription: int|null
MATCH (t:Tenant {id: $tenantId})
SET t.lockedAt = $now
WITH t
WHERE $roles IS NULL OR EXISTS {
  (u:User {id: $viewerId})-[mine:MEMBER_OF]->(t)
  WHERE mine.role IN $roles AND ($sessionId IS NULL OR EXISTS { (u)-[:HAS_SESSION]->(:Session {id: $sessionId}) })
}
OPTIONAL MATCH (before:Release {creationKey: $creationKey})
RETURN coalesce(t.releaseNumber, 0) + 1 AS number, before.id AS before,
  t.maxShortDescription AS maxShortDescription, t.maxLongDescription AS maxLongDescription
