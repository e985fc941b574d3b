// Takes an account out of some of its tenants, which are told. The SET of a tenant takes its lock. An event of a tenant has
// an id of its own: the end of the tenant's in place of that of the event.
// params: id: string, event: map, limit: int, now: datetime
// returns: erased: int
MATCH (u:User {id: $id})-[:MEMBER_OF]->(t:Tenant)
WITH u, t
ORDER BY t.id
LIMIT $limit
SET t.lockedAt = $now
WITH u, t
MATCH (u)-[member:MEMBER_OF]->(t)
CREATE (e:Event)
SET e = $event, e.id = left($event.id, 21) + right(t.id, 8), e.tenantId = t.id
DELETE member
RETURN count(member) AS erased
