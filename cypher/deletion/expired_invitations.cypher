// Removes some of the invitations that are too old to be accepted.
// params: limit: int, now: datetime
// returns: erased: int
MATCH (i:Invitation)
WHERE i.expiresAt <= $now
WITH i
LIMIT $limit
DETACH DELETE i
RETURN count(*) AS erased
