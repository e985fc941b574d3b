// Removes an identity of the viewer, unless it is the last way in: no password, and no other identity. The first SET
// takes the lock of the account, so that two of them cannot go at once.
// params: viewerId: string, sessionId: string|null, id: string, event: map, now: datetime
// returns: removed: bool
MATCH (u:User {id: $viewerId})
SET u.identitiesAt = $now
WITH u
WHERE u.deletedAt IS NULL
  AND ($sessionId IS NULL OR EXISTS { (u)-[:HAS_SESSION]->(:Session {id: $sessionId}) })
MATCH (u)-[:HAS_IDENTITY]->(i:Identity {id: $id})
WITH u, i,
     EXISTS { (u)-[:HAS_CREDENTIAL]->(:Credential {kind: 'PASSWORD'}) }
       OR EXISTS { (u)-[:HAS_IDENTITY]->(other:Identity) WHERE other.id <> $id } AS removed
FOREACH (identity IN CASE WHEN removed THEN [i] ELSE [] END |
  DETACH DELETE identity
  CREATE (e:Event)
  SET e = $event
)
RETURN removed AS removed
