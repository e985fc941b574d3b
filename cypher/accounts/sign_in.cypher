// Begins a session, if the password is still the one that was looked at, and hashes it anew where that is due.
// The first SET takes the locks of the user and of the credential, so that a change of the password, or the end of an
// account that is to be deleted, either comes before or after. Whoever signs in before the end keeps the account.
// params: credentialId: string, hash: string, rehashed: string|null, session: map, maxSessions: int, event: map,
//         keptEvent: map, now: datetime
// returns: roles: [string], kept: bool
MATCH (c:Credential {id: $credentialId})
MATCH (u:User)-[:HAS_CREDENTIAL]->(c)
SET u.touchedAt = $now, c.usedAt = $now
WITH u, c
WHERE c.hash = $hash AND (u.deletedAt IS NULL OR (u.deleteAfter > $now AND u.erasingSince IS NULL))
WITH u, c, u.deletedAt IS NOT NULL AS kept
SET c.hash = coalesce($rehashed, c.hash)
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
RETURN coalesce(u.platformRoles, []) AS roles, kept
