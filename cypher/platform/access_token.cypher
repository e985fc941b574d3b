// The access token with a hash, if it has not expired and its account is there, and whose it is. That it was used is
// written down, unless that is known precisely enough: then nothing is written, and no lock is taken. Writing waits for
// whoever revokes the token at the same moment, so it is looked at once more.
// params: hash: string, now: datetime, usedBefore: datetime
// returns: id: string, user: string, scopes: [string], roles: [string]
MATCH (t:AccessToken {hash: $hash})<-[:HAS_ACCESS_TOKEN]-(u:User)
WHERE t.expiresAt > $now AND u.deletedAt IS NULL
FOREACH (due IN CASE WHEN t.lastUsedAt IS NULL OR t.lastUsedAt <= $usedBefore THEN [t] ELSE [] END |
  SET due.lastUsedAt = $now
)
WITH t, u
WHERE t.hash IS NOT NULL
RETURN t.id AS id, u.id AS user, t.scopes AS scopes, coalesce(u.platformRoles, []) AS roles
