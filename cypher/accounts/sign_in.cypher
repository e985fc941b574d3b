// Begins a session, if the password is still the one that was looked at, and hashes it anew where that is due.
// The first SET takes the locks of the user and of the credential, so that a change of the password, or the end of an
// account that is to be deleted, either comes before or after. Whoever signs in before the end keeps the account:
// their tenants are told, and those that were closed are open again.
// params: credentialId: string, hash: string, rehashed: string|null, session: map, maxSessions: int, event: map,
//         keptEvent: map, joinedEvent: map, reopenedEvent: map, now: datetime
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
RETURN coalesce(u.platformRoles, []) AS roles, kept
