// Begins a session of somebody who has shown an identity. The first SET takes the lock of the account.
// params: userId: string, identityId: string, session: map, maxSessions: int, event: map, now: datetime
// returns: roles: [string]
MATCH (u:User {id: $userId})
SET u.identitiesAt = $now
WITH u
WHERE u.deletedAt IS NULL AND EXISTS { (u)-[:HAS_IDENTITY]->(:Identity {id: $identityId}) }
CREATE (u)-[:HAS_SESSION]->(s:Session)
SET s = $session
WITH u
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
RETURN coalesce(u.platformRoles, []) AS roles
