// Takes an invitation back. The first SET takes the lock of the tenant: it is either revoked or accepted.
// params: tenantId: string, id: string, event: map, now: datetime
// returns: id: string
MATCH (t:Tenant {id: $tenantId})
SET t.lockedAt = $now
WITH t
MATCH (t)-[:HAS_INVITATION]->(i:Invitation {id: $id})
WITH i, i.id AS id
DETACH DELETE i
CREATE (e:Event)
SET e = $event
RETURN id
