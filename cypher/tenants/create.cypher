// Makes a tenant whose owner is the viewer, unless the same key has made one before, or their session has ended.
// The first SET takes the lock of the account: the tenants of one viewer are made one after the other, so that they are
// counted rightly, and a key that is used twice finds the first tenant. The graph's constraints decide about the slug.
// params: viewerId: string, sessionId: string|null, creationKey: string|null, tenant: map, maxOwned: int, event: map,
//         now: datetime
// returns: verdict: string, id: string
MATCH (u:User {id: $viewerId})
SET u.lockedAt = $now
WITH u
WHERE u.deletedAt IS NULL AND ($sessionId IS NULL OR EXISTS { (u)-[:HAS_SESSION]->(:Session {id: $sessionId}) })
OPTIONAL MATCH (first:Tenant {creationKey: $creationKey})
WITH u, first, COUNT { (u)-[owns:MEMBER_OF]->(:Tenant) WHERE owns.role = 'OWNER' } AS owned
WITH u, first, CASE
    WHEN first IS NOT NULL THEN 'MADE_BEFORE'
    WHEN u.emailVerifiedAt IS NULL THEN 'UNVERIFIED'
    WHEN owned >= $maxOwned THEN 'TOO_MANY'
    ELSE 'MADE'
  END AS verdict
FOREACH (_ IN CASE WHEN verdict = 'MADE' THEN [1] ELSE [] END |
  CREATE (u)-[:MEMBER_OF {role: 'OWNER', since: $now}]->(t:Tenant)
  SET t = $tenant
  CREATE (e:Event)
  SET e = $event
)
RETURN verdict, CASE WHEN verdict = 'MADE_BEFORE' THEN first.id ELSE $tenant.id END AS id
