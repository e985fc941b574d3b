// Begins a session of somebody who has shown an identity. The first SET takes the lock of the account.
// params: userId: string, identityId: string, session: map, event: map, now: datetime
// returns: roles: [string]
MATCH (u:User {id: $userId})
SET u.identitiesAt = $now
WITH u
WHERE u.deletedAt IS NULL AND EXISTS { (u)-[:HAS_IDENTITY]->(:Identity {id: $identityId}) }
CREATE (u)-[:HAS_SESSION]->(s:Session)
SET s = $session
CREATE (e:Event)
SET e = $event
RETURN coalesce(u.platformRoles, []) AS roles
