// Makes an account and signs in. The constraints on handles and addresses make it fail where one is taken.
// params: id: string, email: string, handle: string, handleSkeleton: string, displayName: string,
//         credentialId: string, passwordHash: string, proof: map, session: map, event: map, now: datetime
// returns: user: string
CREATE (u:User {
  id: $id, email: $email, handle: $handle, handleSkeleton: $handleSkeleton, displayName: $displayName, createdAt: $now,
  version: 1
})
CREATE (u)-[:HAS_CREDENTIAL]->(:Credential {id: $credentialId, kind: 'PASSWORD', hash: $passwordHash, createdAt: $now})
CREATE (u)-[:HAS_PROOF]->(p:EmailProof)
SET p = $proof, p.email = $email
CREATE (u)-[:HAS_SESSION]->(s:Session)
SET s = $session
CREATE (e:Event)
SET e = $event
RETURN u.id AS user
