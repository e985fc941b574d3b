// Adds a person who can be credited by all tenants, if this tenant has not added too many. The one that added them may change
// what is said of them. The first SET takes the lock of the tenant, under which its people are counted.
// params: person: map, maxPeople: int, tenantId: string, viewerId: string|null, roles: [string], event: map, now: datetime
// returns: people: [map]
MATCH (t:Tenant {id: $tenantId})
SET t.lockedAt = $now
WITH t
WHERE EXISTS {
  (:User {id: $viewerId})-[mine:MEMBER_OF]->(t)
  WHERE mine.role IN $roles
}
CALL (t) {
  WITH t
  WHERE coalesce(t.peopleMade, 0) < $maxPeople
  SET t.peopleMade = coalesce(t.peopleMade, 0) + 1
  CREATE (p:Person)
  SET p = $person, p.madeBy = t.id
  CREATE (e:Event)
  SET e = $event
  RETURN collect(p {.id, .slug, .name, .biography}) AS people
}
RETURN people
