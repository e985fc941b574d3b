// Makes an access token of the viewer, unless they have as many as may be. The first SET takes the lock of the account,
// so that the limit holds, and that nothing is made once the session has ended; tokens that have expired go. A call that made a token before, which nobody has used yet, has
// lost its answer: its token is replaced.
// params: viewerId: string, sessionId: string|null, token: map, event: map, most: int, now: datetime
// returns: outcome: string
MATCH (u:User {id: $viewerId})
SET u.lockedAt = $now
WITH u
WHERE u.deletedAt IS NULL AND ($sessionId IS NULL OR EXISTS { (u)-[:HAS_SESSION]->(:Session {id: $sessionId}) })
OPTIONAL MATCH (u)-[:HAS_ACCESS_TOKEN]->(t:AccessToken)
WITH u, collect(t) AS all
WITH u, [t IN all WHERE t.expiresAt <= $now] AS expired, [t IN all WHERE t.expiresAt > $now] AS held
WITH u, expired, size(held) AS count, head([t IN held WHERE t.requestHash = $token.requestHash]) AS earlier
WITH u, expired, earlier,
  CASE
    WHEN earlier IS NULL AND count < $most THEN 'MADE'
    WHEN earlier IS NULL THEN 'TOO_MANY'
    WHEN earlier.lastUsedAt IS NULL AND earlier.name = $token.name AND earlier.scopes = $token.scopes THEN 'MADE'
    ELSE 'KNOWN'
  END AS outcome
FOREACH (gone IN expired + CASE WHEN outcome = 'MADE' AND earlier IS NOT NULL THEN [earlier] ELSE [] END |
  DETACH DELETE gone
)
FOREACH (ignored IN CASE WHEN outcome = 'MADE' THEN [1] ELSE [] END |
  CREATE (u)-[:HAS_ACCESS_TOKEN]->(t:AccessToken)
  SET t = $token
  CREATE (e:Event)
  SET e = $event
)
RETURN outcome
