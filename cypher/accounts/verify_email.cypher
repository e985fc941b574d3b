// Verifies an address by a token: the account's own, or another one that becomes its own then, if nobody else has it.
// The first SET takes the lock of the account, and the token is looked at again under it. With the address go the
// proofs that went to the former one.
// params: tokenHash: string, verified: map, changed: map, now: datetime
// returns: kind: string, former: string
MATCH (holder:User)-[:HAS_PROOF]->(:EmailProof {hash: $tokenHash})
SET holder.touchedAt = $now
WITH holder
MATCH (holder)-[:HAS_PROOF]->(p:EmailProof {hash: $tokenHash})
WHERE (p.kind = 'CHANGE' OR p.kind = 'VERIFY' AND p.email = holder.email)
  AND p.expiresAt > $now AND holder.deletedAt IS NULL
WITH holder AS u, p.kind AS kind, p.email AS email, holder.email AS former
WITH u, kind, email, former, COLLECT {
  MATCH (u)-[:HAS_PROOF]->(old:EmailProof)
  WHERE kind = 'CHANGE' OR old.kind = 'VERIFY'
  RETURN old
} AS proofs
SET u.email = email, u.emailVerifiedAt = $now
FOREACH (old IN proofs | DETACH DELETE old)
CREATE (e:Event)
SET e = CASE kind WHEN 'CHANGE' THEN $changed ELSE $verified END, e.subjectId = u.id, e.actorId = u.id
RETURN kind, former
