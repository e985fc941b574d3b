// Makes an account for an identity. The constraints on handles, addresses and identities make it fail where one is
// taken, so that of two at the same moment one is made.
// params: id: string, email: string, emailVerifiedAt: datetime|null, verificationHash: string|null, handle: string,
//         handleSkeleton: string, displayName: string, identity: map, event: map, now: datetime
// returns: user: string
CREATE (u:User {
  id: $id, email: $email, emailVerifiedAt: $emailVerifiedAt, handle: $handle, handleSkeleton: $handleSkeleton,
  displayName: $displayName, createdAt: $now, verificationHash: $verificationHash, version: 1
})
CREATE (u)-[:HAS_IDENTITY]->(i:Identity)
SET i = $identity
CREATE (e:Event)
SET e = $event
RETURN u.id AS user
