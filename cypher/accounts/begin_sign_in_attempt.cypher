// Notes that a browser is on its way to an identity provider, or that a user is about to send it there.
// The limit counts what is open from one address; requests of the same moment may go over it by a few.
// A link keeps the session in which it was begun.
// params: attempt: map, sessionId: string|null, address: string, most: int, now: datetime
// returns: provider: string
OPTIONAL MATCH (open:SignInAttempt {address: $address})
WHERE open.expiresAt > $now AND open.spentAt IS NULL
WITH count(open) AS open
WHERE open < $most
CREATE (a:SignInAttempt)
SET a = $attempt, a.sessionId = $sessionId
RETURN a.provider AS provider
