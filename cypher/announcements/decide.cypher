// Grants or refuses what a tenant has asked to be announced, for another period where one is given. Whoever does it still has
// to be an operator under the lock, which the first SET takes.
// params: viewerId: string, sessionId: string|null, id: string, expectedVersion: int, state: string, from: datetime|null,
//         until: datetime|null, reason: string|null, maxSeconds: int, event: map, now: datetime
// returns: verdict: string, version: int
MATCH (a:Announcement {id: $id})
SET a.lockedAt = $now
WITH a
WHERE a.version IS NOT NULL AND EXISTS {
  MATCH (actor:User {id: $viewerId})
  WHERE actor.deletedAt IS NULL AND 'OPERATOR' IN actor.platformRoles
    AND ($sessionId IS NULL OR EXISTS { (actor)-[:HAS_SESSION]->(:Session {id: $sessionId}) })
}
WITH a, a.version AS version, coalesce($from, a.from) AS begins, coalesce($until, a.until) AS ends
WITH a, version, begins, ends, CASE
    WHEN version <> $expectedVersion THEN 'STALE'
    WHEN a.state = 'WITHDRAWN' THEN 'WITHDRAWN'
    WHEN ends <= begins OR ends > begins + duration({seconds: $maxSeconds}) THEN 'NO_PERIOD'
    ELSE 'DONE'
  END AS verdict
FOREACH (_ IN CASE WHEN verdict = 'DONE' THEN [1] ELSE [] END |
  SET a.state = $state, a.from = begins, a.until = ends, a.reason = $reason, a.updatedAt = $now, a.version = version + 1
  CREATE (e:Event)
  SET e = $event, e.tenantId = a.tenantId
)
RETURN verdict, version
