// Ends the suspension of a tenant, or opens one that was closed: it is what it was before. The first SET takes its lock.
// Whoever does it still has to be an operator under the lock.
// params: viewerId: string, sessionId: string|null, id: string, event: map, now: datetime
// returns: fits: bool
MATCH (t:Tenant {id: $id})
SET t.lockedAt = $now
WITH t
WHERE EXISTS {
  MATCH (actor:User {id: $viewerId})
  WHERE actor.deletedAt IS NULL AND 'OPERATOR' IN actor.platformRoles
    AND ($sessionId IS NULL OR EXISTS { (actor)-[:HAS_SESSION]->(:Session {id: $sessionId}) })
}
WITH t, t.suspendedAt IS NOT NULL OR t.closedAt IS NOT NULL AS fits
FOREACH (_ IN CASE WHEN fits THEN [1] ELSE [] END |
  SET t.active = coalesce(t.wasActive, true), t.suspendedAt = null, t.suspensionReason = null, t.closedAt = null,
    t.wasActive = null
  CREATE (e:Event)
  SET e = $event
)
RETURN fits
