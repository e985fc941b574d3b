// Gives the viewer another password, if the present one is still the one that was looked at, or their first one, and
// ends all other sessions. What could undo it is dropped: proofs to set a password and to change the address.
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
WHERE u.deletedAt IS NULL AND ($known IS NULL AND present IS NULL OR present.hash = $known)
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
} AS proofs
FOREACH (s IN others | DETACH DELETE s)
FOREACH (p IN proofs | DETACH DELETE p)
CREATE (e:Event)
SET e = $event
RETURN u.email AS email
