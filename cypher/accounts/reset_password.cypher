// Sets a new password by a token, which has proved the address, too, and ends all sessions. The first SET takes the
// lock of the account, and the token is looked at again under it: of several that come at once, one finds it.
// The credential's own lock comes before the sessions are looked for, so that a sign-in with the old password
// either has ended, and its session is found, or finds the new one. Access tokens end as well, and so do identities that were
// linked before the address was confirmed, by somebody who had not shown that it is theirs, or after it, with another
// address: a session that somebody else had could have linked them.
// params: tokenHash: string, credentialId: string, hash: string, event: map, now: datetime
// returns: email: string
MATCH (holder:User)-[:HAS_PROOF]->(:EmailProof {hash: $tokenHash})
SET holder.touchedAt = $now
WITH holder
MATCH (holder)-[:HAS_PROOF]->(p:EmailProof {hash: $tokenHash})
WHERE p.kind = 'RESET' AND p.email = holder.email AND p.expiresAt > $now
  AND (holder.deletedAt IS NULL OR (holder.deleteAfter > $now AND holder.erasingSince IS NULL))
WITH holder AS u
MERGE (u)-[:HAS_CREDENTIAL]->(c:Credential {kind: 'PASSWORD'})
ON CREATE SET c.id = $credentialId, c.createdAt = $now
WITH u, c, u.emailVerifiedAt IS NOT NULL AS wasVerified
SET c.hash = $hash, c.changedAt = $now, u.emailVerifiedAt = coalesce(u.emailVerifiedAt, $now)
WITH u, wasVerified, COLLECT {
  MATCH (u)-[:HAS_SESSION]->(s:Session)
  RETURN s
} AS sessions, COLLECT {
  MATCH (u)-[:HAS_PROOF]->(old:EmailProof)
  RETURN old
} AS proofs, COLLECT {
  MATCH (u)-[:HAS_ACCESS_TOKEN]->(a:AccessToken)
  RETURN a
} AS tokens, COLLECT {
  MATCH (u)-[:HAS_IDENTITY]->(i:Identity)
  WHERE NOT wasVerified OR i.createdAt > u.emailVerifiedAt
    AND NOT (coalesce(i.email, '') = u.email AND coalesce(i.emailVerified, false))
  RETURN i
} AS identities
FOREACH (s IN sessions | DETACH DELETE s)
FOREACH (a IN tokens | DETACH DELETE a)
FOREACH (i IN identities | DETACH DELETE i)
FOREACH (old IN proofs | DETACH DELETE old)
CREATE (e:Event)
SET e = $event, e.subjectId = u.id, e.actorId = u.id
RETURN u.email AS email
