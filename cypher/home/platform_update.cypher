// Writes the draft of the platform's home page, if its version is still the one that the operator has read; a page that nobody
// has made has version 0. The first SET takes its lock. Whoever does it still has to be an operator under the lock.
// params: viewerId: string, sessionId: string|null, id: string, expectedVersion: int, draft: string, event: map,
//         now: datetime
// returns: fits: bool, version: int
MERGE (h:HomePage {id: $id})
ON CREATE SET h.createdAt = $now, h.version = 0
SET h.lockedAt = $now
WITH h
WHERE EXISTS {
  MATCH (actor:User {id: $viewerId})
  WHERE actor.deletedAt IS NULL AND 'OPERATOR' IN actor.platformRoles
    AND ($sessionId IS NULL OR EXISTS { (actor)-[:HAS_SESSION]->(:Session {id: $sessionId}) })
}
WITH h, h.version AS version
WITH h, version, version = $expectedVersion AS fits
FOREACH (_ IN CASE WHEN fits THEN [1] ELSE [] END |
  SET h.draft = $draft, h.version = version + 1
  CREATE (e:Event)
  SET e = $event
)
RETURN fits, version
