// Takes an account out of some of its tenants, which are told. Where no owner is left, whoever has the most to say in the
// tenant, and has been there for the longest time, becomes one: somebody who was away while the last owner left.
// The SET of a tenant takes its lock. An event of a tenant has an id of its own: the end of the tenant's in place of that of
// the event.
// params: id: string, event: map, heirEvent: map, limit: int, now: datetime
// returns: erased: int
MATCH (u:User {id: $id})-[:MEMBER_OF]->(t:Tenant)
WITH u, t
ORDER BY t.id
LIMIT $limit
SET t.lockedAt = $now
WITH u, t, $event AS told
MATCH (u)-[member:MEMBER_OF]->(t)
CREATE (e:Event)
SET e = told {.*, id: left(told.id, 21) + right(t.id, 8), tenantId: t.id}
DELETE member
WITH t, $heirEvent AS inherited
CALL (t, inherited) {
  MATCH (t)<-[theirs:MEMBER_OF]-(heir:User)
  WHERE NOT EXISTS { (t)<-[:MEMBER_OF {role: 'OWNER'}]-(:User) }
  WITH theirs, heir
  ORDER BY heir.deletedAt IS NOT NULL, CASE theirs.role WHEN 'ADMIN' THEN 0 WHEN 'EDITOR' THEN 1 ELSE 2 END,
    theirs.since, heir.id
  LIMIT 1
  SET theirs.role = 'OWNER'
  CREATE (e:Event)
  SET e = inherited {.*, id: left(inherited.id, 21) + right(t.id, 8), tenantId: t.id, subjectId: heir.id}
}
RETURN count(*) AS erased
