// Ends the session of a refresh token; who knows the secret of the family may.
// The first SET changes nothing and takes the lock of the session, so that it ends once:
// one that has ended while its lock was waited for has no properties any more.
// params: id: string, familyHash: string, event: map, now: datetime
// returns: id: string
MATCH (u:User)-[:HAS_SESSION]->(s:Session {id: $id})
WHERE s.familyHash = $familyHash AND s.expiresAt > $now
SET s.familyHash = $familyHash
WITH u, s
WHERE s.tokenHash IS NOT NULL
CREATE (e:Event)
SET e = $event
SET e.subjectId = u.id, e.actorId = u.id
DETACH DELETE s
RETURN $id AS id
