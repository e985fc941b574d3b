// Adds an identity to an account: to that of $userId, or, where $confirmedEmail is given, only while the account has
// that address and has confirmed it. The first SET takes the lock of the account.
// params: userId: string, confirmedEmail: string|null, most: int, identity: map, event: map, now: datetime
// returns: identity: map
MATCH (u:User {id: $userId})
SET u.identitiesAt = $now
WITH u
WHERE u.deletedAt IS NULL
  AND ($confirmedEmail IS NULL OR u.email = $confirmedEmail AND u.emailVerifiedAt IS NOT NULL)
  AND COUNT { (u)-[:HAS_IDENTITY]->(:Identity) } < $most
CREATE (u)-[:HAS_IDENTITY]->(i:Identity)
SET i = $identity
CREATE (e:Event)
SET e = $event
RETURN i {.id, .provider, .email, .emailVerified, .createdAt, .lastUsedAt} AS identity
