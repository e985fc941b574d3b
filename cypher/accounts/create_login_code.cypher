// A code that a page exchanges for the tokens of somebody who has shown an identity.
// params: code: map
// returns: user: string
CREATE (c:LoginCode)
SET c = $code
RETURN c.userId AS user
