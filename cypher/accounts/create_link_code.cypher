// An identity that somebody has shown and is about to add to their account.
// params: code: map
// returns: user: string
CREATE (c:LinkCode)
SET c = $code
RETURN c.userId AS user
