// Gives a user a role on the platform; one that the user has already is left as it is, without an event.
// The first SET takes the lock of the user, so that no role is lost that is given at the same time.
// params: handle: string, role: string, event: map, now: datetime
// returns: user: string, roles: [string]
MATCH (found:User {handle: $handle})
WHERE found.deletedAt IS NULL
SET found.rolesLockedAt = $now
WITH found.id AS id
MATCH (u:User {id: id})
WITH u, coalesce(u.platformRoles, []) AS before
WITH u, before, CASE WHEN $role IN before THEN before ELSE before + [$role] END AS roles
FOREACH (_ IN CASE WHEN $role IN before THEN [] ELSE [1] END |
  SET u.platformRoles = roles
  CREATE (e:Event)
  SET e = $event
  SET e.subjectId = u.id
)
RETURN u.id AS user, roles
