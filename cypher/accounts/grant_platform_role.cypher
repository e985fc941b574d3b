// Gives a user a role on the platform, if whoever gives it, where that is a viewer, still is an operator and signed in;
// one that the user has already is left as it is, without an event.
// The first SET takes the locks of both, always in the same order, so that no role is lost that is given at the same
// time, and none is given by somebody who has just lost theirs.
// params: viewerId: string|null, sessionId: string|null, handle: string, role: string, event: map, now: datetime
// returns: user: string, roles: [string], allowed: bool
MATCH (party:User)
WHERE party.handle = $handle OR party.id = $viewerId
WITH party
ORDER BY party.id
SET party.rolesLockedAt = $now
WITH count(*) AS locked
MATCH (u:User {handle: $handle})
WHERE u.deletedAt IS NULL
WITH u, coalesce(u.platformRoles, []) AS before, $viewerId IS NULL OR EXISTS {
  MATCH (actor:User {id: $viewerId})
  WHERE actor.deletedAt IS NULL AND 'OPERATOR' IN actor.platformRoles
    AND ($sessionId IS NULL OR EXISTS { (actor)-[:HAS_SESSION]->(:Session {id: $sessionId}) })
} AS allowed
WITH u, before, allowed, allowed AND NOT $role IN before AS given
WITH u, given, allowed, CASE WHEN given THEN before + [$role] ELSE before END AS roles
FOREACH (_ IN CASE WHEN given THEN [1] ELSE [] END |
  SET u.platformRoles = roles
  CREATE (e:Event)
  SET e = $event
  SET e.subjectId = u.id
)
RETURN u.id AS user, roles, allowed
