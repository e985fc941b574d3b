// An identity that somebody has shown and is about to add to their account, unless the session in which they began has
// ended. The first SET takes the lock of the account.
// params: code: map, now: datetime
// returns: user: string
MATCH (u:User {id: $code.userId})
SET u.touchedAt = $now
WITH u
WHERE u.deletedAt IS NULL AND EXISTS { (u)-[:HAS_SESSION]->(:Session {id: $code.sessionId}) }
CREATE (c:LinkCode)
SET c = $code
RETURN c.userId AS user
