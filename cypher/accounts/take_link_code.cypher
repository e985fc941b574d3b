// The identity of a link code; it can be taken once, by the user who began to link it. The first SET takes the lock.
// params: hash: string, viewerId: string, now: datetime
// returns: provider: string, subject: string, email: string|null, emailVerified: bool
MATCH (c:LinkCode {hash: $hash})
SET c.triedAt = $now
WITH c
WHERE c.spentAt IS NULL AND c.expiresAt > $now AND c.userId = $viewerId
SET c.spentAt = $now
RETURN c.provider AS provider, c.subject AS subject, c.email AS email, c.emailVerified AS emailVerified
