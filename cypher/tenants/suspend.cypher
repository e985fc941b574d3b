// Suspends a tenant: it is not active until it is reinstated, and what it was before is kept. The first SET takes its lock.
// params: id: string, reason: string, event: map, now: datetime
// returns: fits: bool
MATCH (t:Tenant {id: $id})
SET t.lockedAt = $now
WITH t, t.suspendedAt IS NULL AS fits
FOREACH (_ IN CASE WHEN fits THEN [1] ELSE [] END |
  SET t.suspendedAt = $now, t.suspensionReason = $reason, t.wasActive = coalesce(t.wasActive, t.active), t.active = false
  CREATE (e:Event)
  SET e = $event
)
RETURN fits
