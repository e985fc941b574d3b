// Adds an identity to an account, if it may have one more: to that of $userId while the session of whoever wants it has
// not ended, or, where $confirmedEmail is given, only while the account has that address and has confirmed it. The first
// SET takes the lock of the account.
// params: userId: string, sessionId: string|null, confirmedEmail: string|null, most: int, identity: map, event: map,
//         now: datetime
// returns: fits: bool, email: string, identity: map
MATCH (u:User {id: $userId})
SET u.identitiesAt = $now
WITH u
WHERE u.deletedAt IS NULL
  AND CASE
    WHEN $confirmedEmail IS NOT NULL THEN u.email = $confirmedEmail AND u.emailVerifiedAt IS NOT NULL
    ELSE $sessionId IS NULL OR EXISTS { (u)-[:HAS_SESSION]->(:Session {id: $sessionId}) }
  END
WITH u, COUNT { (u)-[:HAS_IDENTITY]->(:Identity) } < $most AS fits, $identity AS identity
FOREACH (_ IN CASE WHEN fits THEN [1] ELSE [] END |
  CREATE (u)-[:HAS_IDENTITY]->(i:Identity)
  SET i = $identity
  CREATE (e:Event)
  SET e = $event
)
RETURN fits, u.email AS email,
       identity {.id, .provider, .email, .emailVerified, .createdAt, .lastUsedAt} AS identity
