// Begins a session of somebody who has shown an identity. The first SET takes the lock of the account. Whoever signs in
// before the end of an account that is to be deleted keeps it: their tenants are told, and those that were closed are open
// again.
// params: userId: string, identityId: string, session: map, maxSessions: int, event: map,
//         keptEvent: map, joinedEvent: map, reopenedEvent: map, now: datetime
// returns: roles: [string], kept: bool, email: string
MATCH (u:User {id: $userId})
SET u.touchedAt = $now
WITH u
WHERE (u.deletedAt IS NULL OR (u.deleteAfter > $now AND u.erasingSince IS NULL))
  AND EXISTS { (u)-[:HAS_IDENTITY]->(:Identity {id: $identityId}) }
WITH u, u.deletedAt IS NOT NULL AS kept
REMOVE u.deletedAt, u.deleteAfter
FOREACH (_ IN CASE WHEN kept THEN [1] ELSE [] END |
  CREATE (k:Event)
  SET k = $keptEvent
)
WITH u, kept
CALL (u, kept) {
  MATCH (u)-[:MEMBER_OF]->(t:Tenant)
  WHERE kept
  WITH u, t
  ORDER BY t.id
  SET t.lockedAt = $now
  WITH u, t
  MATCH (u)-[member:MEMBER_OF]->(t)
  CREATE (j:Event)
  SET j = $joinedEvent, j.id = left($joinedEvent.id, 21) + right(t.id, 8), j.tenantId = t.id
  FOREACH (_ IN CASE WHEN member.role = 'OWNER' AND t.closedAt IS NOT NULL THEN [1] ELSE [] END |
    SET t.closedAt = null, t.active = t.suspendedAt IS NULL AND coalesce(t.wasActive, true),
      t.wasActive = CASE WHEN t.suspendedAt IS NULL THEN null ELSE t.wasActive END
    CREATE (o:Event)
    SET o = $reopenedEvent, o.id = left($reopenedEvent.id, 21) + right(t.id, 8), o.tenantId = t.id, o.subjectId = t.id
  )
}
WITH u, kept
CREATE (u)-[:HAS_SESSION]->(s:Session)
SET s = $session
WITH u, kept
CALL (u) {
  MATCH (u)-[:HAS_SESSION]->(other:Session)
  WITH other
  ORDER BY other.expiresAt > $now DESC, other.lastUsedAt DESC, other.id DESC
  WITH collect(other) AS others
  UNWIND [n IN range(0, size(others) - 1) WHERE n >= $maxSessions OR others[n].expiresAt <= $now | others[n]] AS ended
  DETACH DELETE ended
}
CREATE (e:Event)
SET e = $event
RETURN coalesce(u.platformRoles, []) AS roles, kept, u.email AS email
