// The browser of a user who wants to link an identity goes to the provider. The first SET takes the lock, so that a
// ticket opens once.
// params: ticketHash: string, provider: string, stateHash: string, browserHash: string, expiresAt: datetime, now: datetime
// returns: returnTo: string
MATCH (a:SignInAttempt {ticketHash: $ticketHash})
SET a.triedAt = $now
WITH a
WHERE a.stateHash IS NULL AND a.expiresAt > $now AND a.provider = $provider
SET a.stateHash = $stateHash, a.browserHash = $browserHash, a.expiresAt = $expiresAt
RETURN a.returnTo AS returnTo
