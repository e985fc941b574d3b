// The attempt that a browser comes back from; it can be taken once, by the browser that began it. The first SET takes
// the lock. It is marked and not deleted, so that who comes at the same moment finds it spent.
// params: stateHash: string, browserHash: string, provider: string, now: datetime
// returns: returnTo: string, challenge: string|null, linkTo: string|null, linkFrom: string|null
MATCH (a:SignInAttempt {stateHash: $stateHash})
SET a.triedAt = $now
WITH a
WHERE a.spentAt IS NULL AND a.expiresAt > $now AND a.browserHash = $browserHash AND a.provider = $provider
SET a.spentAt = $now
RETURN a.returnTo AS returnTo, a.challenge AS challenge, a.linkTo AS linkTo, a.sessionId AS linkFrom
