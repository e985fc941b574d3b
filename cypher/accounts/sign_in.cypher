// Begins a session, if the password is still the one that was looked at, and hashes it anew where that is due.
// The first SET takes the lock of the credential, so that a change of the password either comes before or after.
// params: userId: string, credentialId: string, hash: string, rehashed: string|null, session: map,
//         maxSessions: int, event: map, now: datetime
// returns: roles: [string]
MATCH (u:User {id: $userId})-[:HAS_CREDENTIAL]->(c:Credential {id: $credentialId})
SET c.usedAt = $now
WITH u, c
WHERE c.hash = $hash AND u.deletedAt IS NULL
SET c.hash = coalesce($rehashed, c.hash)
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
