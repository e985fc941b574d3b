// Asks for something of a tenant to be announced, if viewers see it and not too much waits for an answer; what was asked for
// with the same key is found again. The first SET takes the lock of the tenant.
// params: tenantId: string, viewerId: string, roles: [string], contentId: string, announcement: map,
//         creationKey: string|null, maxRequests: int, event: map, now: datetime
// returns: verdict: string, id: string
MATCH (t:Tenant {id: $tenantId})
SET t.lockedAt = $now
WITH t
WHERE EXISTS {
  (:User {id: $viewerId})-[mine:MEMBER_OF]->(t)
  WHERE mine.role IN $roles
}
OPTIONAL MATCH (before:Announcement {creationKey: $creationKey})
OPTIONAL MATCH (c:Content {id: $contentId})
WHERE c.tenantId = t.id AND c.active AND c.publishedAt <= $now
  AND EXISTS {
    (c) (()<-[:HAS_SERIES|HAS_EPISODE]-(above WHERE above.active AND above.publishedAt <= $now)){0,2}
    (:Franchise)<-[:OWNS]-(:Tenant {active: true})
  }
WITH before, c, CASE
    WHEN before IS NOT NULL THEN 'BEFORE'
    WHEN c IS NULL THEN 'NO_CONTENT'
    WHEN COUNT { MATCH (a:Announcement) WHERE a.tenantId = t.id AND a.state = 'REQUESTED' } >= $maxRequests THEN 'TOO_MANY'
    ELSE 'NOW'
  END AS verdict
FOREACH (content IN CASE WHEN verdict = 'NOW' THEN [c] ELSE [] END |
  CREATE (a:Announcement)
  SET a = $announcement
  CREATE (a)-[:ANNOUNCES]->(content)
  CREATE (e:Event)
  SET e = $event
)
RETURN verdict, coalesce(before.id, $announcement.id) AS id
