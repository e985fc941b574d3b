// Gives a tenant a plan, and limits of its own beside it. The first SET takes its lock, under which members are counted.
// Whoever does it still has to be an operator under the lock.
// params: viewerId: string, sessionId: string|null, id: string, plan: string, limits: map, defaultPlan: string,
//         payloads: {plan: string}, event: map, now: datetime
// returns: id: string
MATCH (t:Tenant {id: $id})
SET t.lockedAt = $now
WITH t
WHERE EXISTS {
  MATCH (actor:User {id: $viewerId})
  WHERE actor.deletedAt IS NULL AND 'OPERATOR' IN actor.platformRoles
    AND ($sessionId IS NULL OR EXISTS { (actor)-[:HAS_SESSION]->(:Session {id: $sessionId}) })
}
WITH t, coalesce(t.plan, $defaultPlan) AS former
SET t += $limits, t.plan = $plan
CREATE (e:Event)
SET e = $event, e.payload = $payloads[former]
RETURN t.id AS id
