// Adds a tag to the vocabulary that all tenants share, if this tenant has not added too many; one with this slug that is there
// already stays as it is. The first SET takes the lock of the tenant, under which its tags are counted.
// params: id: string, slug: string, name: string, maxTags: int, tenantId: string, viewerId: string|null, roles: [string],
//         event: map, now: datetime
// returns: tags: [map]
MATCH (t:Tenant {id: $tenantId})
WHERE EXISTS {
  (:User {id: $viewerId})-[mine:MEMBER_OF]->(t)
  WHERE mine.role IN $roles
}
OPTIONAL MATCH (there:Tag {slug: $slug})
FOREACH (_ IN CASE WHEN there IS NULL THEN [1] ELSE [] END |
  SET t.lockedAt = $now
)
WITH t, there IS NOT NULL OR coalesce(t.tagsMade, 0) < $maxTags AS fits
CALL (t, fits) {
  WITH t, fits
  WHERE fits
  MERGE (g:Tag {slug: $slug})
  ON CREATE SET g.id = $id, g.name = $name, g.createdAt = $now, g.madeBy = t.id
  WITH t, g, g.id = $id AS made
  FOREACH (_ IN CASE WHEN made THEN [1] ELSE [] END |
    SET t.tagsMade = coalesce(t.tagsMade, 0) + 1
    CREATE (e:Event)
    SET e = $event
  )
  RETURN collect(g {.id, .slug, .name}) AS tags
}
RETURN tags
