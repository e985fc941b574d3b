// Begins a session of somebody who has shown an identity. The first SET takes the lock of the account. Whoever signs in
// before the end of an account that is to be deleted keeps it.
// params: userId: string, identityId: string, session: map, maxSessions: int, event: map,
//         keptEvent: map, now: datetime
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
