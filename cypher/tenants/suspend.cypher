// Suspends a tenant: it is not active until it is reinstated, and what it was before is kept. The first SET takes its lock.
// Whoever does it still has to be an operator under the lock.
// params: viewerId: string, sessionId: string|null, id: string, reason: string, event: map, now: datetime
// returns: fits: bool
MATCH (t:Tenant {id: $id})
SET t.lockedAt = $now
WITH t
WHERE EXISTS {
  MATCH (actor:User {id: $viewerId})
  WHERE actor.deletedAt IS NULL AND 'OPERATOR' IN actor.platformRoles
    AND ($sessionId IS NULL OR EXISTS { (actor)-[:HAS_SESSION]->(:Session {id: $sessionId}) })
}
WITH t, t.suspendedAt IS NULL AS fits
FOREACH (_ IN CASE WHEN fits THEN [1] ELSE [] END |
  SET t.suspendedAt = $now, t.suspensionReason = $reason, t.wasActive = coalesce(t.wasActive, t.active), t.active = false
  CREATE (e:Event)
  SET e = $event
)
RETURN fits
