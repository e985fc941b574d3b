// Gives the viewer another password, if the present one is still the one that was looked at, or their first one, and the
// session has not ended. All other sessions and all access tokens end. What could undo it is dropped: proofs to set a
// password and to change the address.
// Both locks are taken first, that of the account and that of the credential, which a sign-in takes.
// params: viewerId: string, sessionId: string, known: string|null, credentialId: string, hash: string, event: map,
//         now: datetime
// returns: email: string
MATCH (u:User {id: $viewerId})
SET u.touchedAt = $now
WITH u
OPTIONAL MATCH (u)-[:HAS_CREDENTIAL]->(present:Credential {kind: 'PASSWORD'})
SET present.usedAt = $now
WITH u, present
WHERE u.deletedAt IS NULL AND EXISTS { (u)-[:HAS_SESSION]->(:Session {id: $sessionId}) }
  AND ($known IS NULL AND present IS NULL OR present.hash = $known)
MERGE (u)-[:HAS_CREDENTIAL]->(c:Credential {kind: 'PASSWORD'})
ON CREATE SET c.id = $credentialId, c.createdAt = $now
SET c.hash = $hash, c.changedAt = $now
WITH u, COLLECT {
  MATCH (u)-[:HAS_SESSION]->(s:Session)
  WHERE s.id <> $sessionId
  RETURN s
} AS others, COLLECT {
  MATCH (u)-[:HAS_PROOF]->(p:EmailProof)
  WHERE p.kind <> 'VERIFY'
  RETURN p
} AS proofs, COLLECT {
  MATCH (u)-[:HAS_ACCESS_TOKEN]->(a:AccessToken)
  RETURN a
} AS tokens
FOREACH (s IN others | DETACH DELETE s)
FOREACH (p IN proofs | DETACH DELETE p)
FOREACH (a IN tokens | DETACH DELETE a)
CREATE (e:Event)
SET e = $event
RETURN u.email AS email
