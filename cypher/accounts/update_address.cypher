// Keeps where the viewer gets parcels, or forgets it where it is null, if the version is the expected one; 0 is the version of
// none. The first SET takes the lock of the user.
// params: viewerId: string, sessionId: string|null, id: string, address: map|null, expectedVersion: int|null, event: map,
//         now: datetime
// returns: fresh: bool, version: int
MATCH (u:User {id: $viewerId})
SET u.touchedAt = $now
WITH u
WHERE u.deletedAt IS NULL
  AND ($sessionId IS NULL OR EXISTS { (u)-[:HAS_SESSION]->(:Session {id: $sessionId}) })
OPTIONAL MATCH (u)-[:HAS_ADDRESS]->(a:Address)
WITH u, a, coalesce(a.version, 0) AS version
WITH u, a, version, $expectedVersion IS NULL OR version = $expectedVersion AS fresh
FOREACH (_ IN CASE WHEN fresh AND $address IS NOT NULL THEN [1] ELSE [] END |
  MERGE (u)-[:HAS_ADDRESS]->(kept:Address)
  ON CREATE SET kept.id = $id, kept.createdAt = $now
  SET kept += $address
  SET kept.version = version + 1
)
FOREACH (_ IN CASE WHEN fresh AND $address IS NULL AND a IS NOT NULL THEN [1] ELSE [] END |
  DETACH DELETE a
)
FOREACH (_ IN CASE WHEN fresh AND ($address IS NOT NULL OR version > 0) THEN [1] ELSE [] END |
  CREATE (e:Event)
  SET e = $event
)
RETURN fresh, version
