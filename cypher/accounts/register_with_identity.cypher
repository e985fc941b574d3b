// Makes an account for an identity. The constraints on handles, addresses and identities make it fail where one is
// taken, so that of two at the same moment one is made.
// params: id: string, email: string, emailVerifiedAt: datetime|null, proof: map|null, handle: string,
//         handleSkeleton: string, displayName: string, identity: map, event: map, now: datetime
// returns: user: string
CREATE (u:User {
  id: $id, email: $email, emailVerifiedAt: $emailVerifiedAt, handle: $handle, handleSkeleton: $handleSkeleton,
  displayName: $displayName, createdAt: $now, version: 1
})
FOREACH (proof IN CASE WHEN $proof IS NULL THEN [] ELSE [$proof] END |
  CREATE (u)-[:HAS_PROOF]->(p:EmailProof)
  SET p = proof, p.email = $email
)
CREATE (u)-[:HAS_IDENTITY]->(i:Identity)
SET i = $identity
CREATE (e:Event)
SET e = $event
RETURN u.id AS user
