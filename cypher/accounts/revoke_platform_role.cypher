// Takes a role on the platform from a user, unless nobody else has it and it must not die out; a role that the user
// does not have is left as it is, without an event. Whoever takes it, where that is a viewer, still has to be an operator
// and signed in.
// The first SET takes the locks of all who have roles, always in the same order, so that two people who take the role
// from one another at the same time come one after the other.
// params: viewerId: string|null, sessionId: string|null, handle: string, role: string, keepsOne: bool, event: map,
//         now: datetime
// returns: user: string, roles: [string], isLast: bool, allowed: bool
MATCH (holder:User)
WHERE holder.platformRoles IS NOT NULL
WITH holder
ORDER BY holder.id
SET holder.rolesLockedAt = $now
WITH count(*) AS locked
MATCH (u:User {handle: $handle})
WHERE u.deletedAt IS NULL
WITH u, coalesce(u.platformRoles, []) AS before, EXISTS {
  MATCH (other:User)
  WHERE other.platformRoles IS NOT NULL AND $role IN other.platformRoles AND other.deletedAt IS NULL
    AND other.handle <> $handle
} AS isElsewhere
WITH u, before, [role IN before WHERE role <> $role] AS rest,
  $keepsOne AND $role IN before AND NOT isElsewhere AS isLast, $viewerId IS NULL OR EXISTS {
    MATCH (actor:User {id: $viewerId})
    WHERE actor.deletedAt IS NULL AND 'OPERATOR' IN actor.platformRoles
      AND ($sessionId IS NULL OR EXISTS { (actor)-[:HAS_SESSION]->(:Session {id: $sessionId}) })
  } AS allowed
FOREACH (_ IN CASE WHEN allowed AND $role IN before AND NOT isLast THEN [1] ELSE [] END |
  SET u.platformRoles = CASE rest WHEN [] THEN null ELSE rest END
  CREATE (e:Event)
  SET e = $event
  SET e.subjectId = u.id
)
RETURN u.id AS user, CASE WHEN isLast THEN before ELSE rest END AS roles, isLast, allowed
