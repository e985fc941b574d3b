// Puts a proof in place with which the viewer's address can be verified, unless it is. The first SET takes the lock of
// the account.
// params: viewerId: string, proof: map, now: datetime
// returns: email: string
MATCH (u:User {id: $viewerId})
SET u.touchedAt = $now
WITH u
WHERE u.deletedAt IS NULL AND u.emailVerifiedAt IS NULL
WITH u, COLLECT {
  MATCH (u)-[:HAS_PROOF]->(p:EmailProof {kind: 'VERIFY'})
  RETURN p
} AS older
FOREACH (p IN older | DETACH DELETE p)
CREATE (u)-[:HAS_PROOF]->(proof:EmailProof)
SET proof = $proof, proof.email = u.email
RETURN u.email AS email
