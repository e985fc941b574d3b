// The account of an identity, and what its provider says of it now. The lock of the account comes first, so that the
// identity is either still there or no longer found.
// params: provider: string, subject: string, email: string|null, emailVerified: bool, now: datetime
// returns: user: string, identity: string
MATCH (u:User)-[:HAS_IDENTITY]->(:Identity {provider: $provider, subject: $subject})
SET u.touchedAt = $now
WITH u
WHERE u.deletedAt IS NULL OR (u.deleteAfter > $now AND u.erasingSince IS NULL)
MATCH (u)-[:HAS_IDENTITY]->(i:Identity {provider: $provider, subject: $subject})
SET i.lastUsedAt = $now, i.email = coalesce($email, i.email),
    i.emailVerified = CASE WHEN $email IS NULL THEN i.emailVerified ELSE $emailVerified END
RETURN u.id AS user, i.id AS identity
