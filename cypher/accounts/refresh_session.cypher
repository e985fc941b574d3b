// Lets a session go on with the next refresh token, if the one that was used is that of now. One that was used within the
// grace changes nothing; one that was used before has been copied by somebody, and ends the session.
// The first SET changes nothing and takes the lock of the session, so that of many uses at once one is the first. Only
// who knows the secret of the family comes so far. A session that has ended while its lock was waited for has no
// properties any more.
// params: id: string, familyHash: string, usedHash: string, nextHash: string, expiresAt: datetime, address: string,
//         userAgent: string|null, graceSince: datetime, maxPast: int, maxSessions: int, event: map, now: datetime
// returns: what: string, user: string, roles: [string]
MATCH (u:User)-[:HAS_SESSION]->(s:Session {id: $id})
WHERE s.familyHash = $familyHash AND s.expiresAt > $now AND u.deletedAt IS NULL
SET s.familyHash = $familyHash
WITH u, s
WHERE s.tokenHash IS NOT NULL
WITH u, s, [n IN range(0, size(coalesce(s.pastAt, [])) - 1) WHERE s.pastAt[n] > $graceSince] AS recent
WITH u, s, [n IN recent | s.pastHashes[n]] AS hashes, [n IN recent | s.pastAt[n]] AS moments
WITH u, s, hashes, moments,
  CASE
    WHEN s.tokenHash = $usedHash THEN 'ROTATED'
    WHEN $usedHash IN hashes THEN 'ALREADY_USED'
    ELSE 'REUSED'
  END AS what
FOREACH (session IN CASE what WHEN 'ROTATED' THEN [s] ELSE [] END |
  SET session += {
    tokenHash: $nextHash, pastHashes: (hashes + $usedHash)[-$maxPast..], pastAt: (moments + $now)[-$maxPast..],
    lastUsedAt: $now, expiresAt: $expiresAt, address: $address, userAgent: $userAgent
  }
)
FOREACH (session IN CASE what WHEN 'REUSED' THEN [s] ELSE [] END |
  CREATE (e:Event)
  SET e = $event
  SET e.subjectId = u.id
  DETACH DELETE session
)
WITH u, what
CALL (u) {
  MATCH (u)-[:HAS_SESSION]->(other:Session)
  WITH other
  ORDER BY other.expiresAt > $now DESC, other.lastUsedAt DESC, other.id DESC
  WITH collect(other) AS others
  UNWIND [n IN range(0, size(others) - 1) WHERE n >= $maxSessions OR others[n].expiresAt <= $now | others[n]] AS ended
  DETACH DELETE ended
}
RETURN what, u.id AS user, coalesce(u.platformRoles, []) AS roles
