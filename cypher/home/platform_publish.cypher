// Shows the draft of the platform's home page to viewers, if its version is still the one that the operator has read. The first
// SET takes its lock. Whoever does it still has to be an operator under the lock.
// params: viewerId: string, sessionId: string|null, id: string, expectedVersion: int, event: map, now: datetime
// returns: fits: bool, hasDraft: bool, version: int
MATCH (h:HomePage {id: $id})
SET h.lockedAt = $now
WITH h
WHERE EXISTS {
  MATCH (actor:User {id: $viewerId})
  WHERE actor.deletedAt IS NULL AND 'OPERATOR' IN actor.platformRoles
    AND ($sessionId IS NULL OR EXISTS { (actor)-[:HAS_SESSION]->(:Session {id: $sessionId}) })
}
WITH h, h.version AS version, h.draft AS draft
WITH h, version, draft, version = $expectedVersion AS fits, draft IS NOT NULL AS hasDraft
FOREACH (_ IN CASE WHEN fits AND hasDraft THEN [1] ELSE [] END |
  SET h.rails = draft, h.draft = null, h.version = version + 1
  CREATE (e:Event)
  SET e = $event
)
RETURN fits, hasDraft, version
