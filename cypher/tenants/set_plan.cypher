// Gives a tenant a plan, and limits of its own beside it. The first SET takes its lock, under which members are counted.
// params: id: string, plan: string, limits: map, defaultPlan: string, payloads: {plan: string}, event: map, now: datetime
// returns: id: string
MATCH (t:Tenant {id: $id})
SET t.lockedAt = $now
WITH t, coalesce(t.plan, $defaultPlan) AS former
SET t += $limits, t.plan = $plan
CREATE (e:Event)
SET e = $event, e.payload = $payloads[former]
RETURN t.id AS id
