// The account that a token can set a new password of.
// params: tokenHash: string, now: datetime
// returns: email: string, handle: string
MATCH (u:User)-[:HAS_PROOF]->(p:EmailProof {hash: $tokenHash})
WHERE p.kind = 'RESET' AND p.email = u.email AND p.expiresAt > $now
  AND (u.deletedAt IS NULL OR u.deleteAfter > $now)
RETURN u.email AS email, u.handle AS handle
