// Changes properties of the viewer, if the version is the expected one.
// The first SET takes the lock of the user, so that nobody changes the version in between.
// params: viewerId: string, sessionId: string|null, changes: map, expectedVersion: int|null, event: map, now: datetime
// returns: fresh: bool, version: int
MATCH (u:User {id: $viewerId})
SET u.touchedAt = $now
WITH u, coalesce(u.version, 1) AS version
WHERE u.deletedAt IS NULL
  AND ($sessionId IS NULL OR EXISTS { (u)-[:HAS_SESSION]->(:Session {id: $sessionId}) })
WITH u, version, $expectedVersion IS NULL OR version = $expectedVersion AS fresh
FOREACH (_ IN CASE WHEN fresh THEN [1] ELSE [] END |
  SET u += $changes
  SET u.version = version + 1
  CREATE (e:Event)
  SET e = $event
  SET e.subjectId = u.id
)
RETURN fresh, u.version AS version
