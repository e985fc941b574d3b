// Puts a proof in place with which the viewer's account gets another address, unless their session has ended. The first
// SET takes the lock of the account.
// params: viewerId: string, sessionId: string|null, email: string, proof: map, event: map, now: datetime
// returns: user: string
MATCH (u:User {id: $viewerId})
SET u.touchedAt = $now
WITH u
WHERE u.deletedAt IS NULL AND ($sessionId IS NULL OR EXISTS { (u)-[:HAS_SESSION]->(:Session {id: $sessionId}) })
WITH u, COLLECT {
  MATCH (u)-[:HAS_PROOF]->(p:EmailProof {kind: 'CHANGE'})
  RETURN p
} AS older
FOREACH (p IN older | DETACH DELETE p)
CREATE (u)-[:HAS_PROOF]->(proof:EmailProof)
SET proof = $proof, proof.email = $email
CREATE (e:Event)
SET e = $event
RETURN u.id AS user
