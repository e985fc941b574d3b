// Whom a login code is for; it can be taken once, by the page that began and has the secret of the challenge. The first
// SET takes the lock.
// params: hash: string, challenge: string, now: datetime
// returns: user: string, identity: string, provider: string
MATCH (c:LoginCode {hash: $hash})
SET c.triedAt = $now
WITH c
WHERE c.spentAt IS NULL AND c.expiresAt > $now AND c.challenge = $challenge
SET c.spentAt = $now
RETURN c.userId AS user, c.identityId AS identity, c.provider AS provider
