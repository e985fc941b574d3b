// Puts a proof in place with which a new password can be set, if there is an account with the address. It does the
// same work otherwise, as far as that goes. The first SET takes the lock of the account.
// params: email: string, proof: map, event: map, now: datetime
// returns: known: bool
OPTIONAL MATCH (u:User {email: $email})
WHERE u.deletedAt IS NULL OR u.deleteAfter > $now
SET u.touchedAt = $now
WITH u, COLLECT {
  MATCH (u)-[:HAS_PROOF]->(p:EmailProof {kind: 'RESET'})
  RETURN p
} AS older
FOREACH (p IN older | DETACH DELETE p)
FOREACH (user IN CASE WHEN u IS NULL THEN [] ELSE [u] END |
  CREATE (user)-[:HAS_PROOF]->(p:EmailProof)
  SET p = $proof, p.email = $email
)
CREATE (e:Event)
SET e = $event, e.subjectId = u.id
RETURN u IS NOT NULL AS known
