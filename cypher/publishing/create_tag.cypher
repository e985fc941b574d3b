// Adds a tag to the vocabulary that all tenants share; one with this slug that is there already stays as it is.
// params: id: string, slug: string, name: string, tenantId: string, viewerId: string|null, roles: [string], event: map,
//         now: datetime
// returns: tag: map, made: bool
MATCH (t:Tenant {id: $tenantId})
WHERE EXISTS {
  (:User {id: $viewerId})-[mine:MEMBER_OF]->(t)
  WHERE mine.role IN $roles
}
MERGE (g:Tag {slug: $slug})
ON CREATE SET g.id = $id, g.name = $name, g.createdAt = $now, g.madeBy = t.id
WITH g, g.id = $id AS made
FOREACH (_ IN CASE WHEN made THEN [1] ELSE [] END |
  CREATE (e:Event)
  SET e = $event
)
RETURN g {.id, .slug, .name} AS tag, made
