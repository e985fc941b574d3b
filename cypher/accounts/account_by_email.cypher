// The account with an address, and whether its owner has confirmed it.
// params: email: string
// returns: user: string, verified: bool
MATCH (u:User {email: $email})
RETURN u.id AS user, u.emailVerifiedAt IS NOT NULL AND u.deletedAt IS NULL AS verified
