// Adds a person who can be credited by all tenants. The one that added them may change what is said of them.
// params: person: map, tenantId: string, viewerId: string|null, roles: [string], event: map
// returns: person: map
MATCH (t:Tenant {id: $tenantId})
WHERE EXISTS {
  (:User {id: $viewerId})-[mine:MEMBER_OF]->(t)
  WHERE mine.role IN $roles
}
CREATE (p:Person)
SET p = $person, p.madeBy = t.id
CREATE (e:Event)
SET e = $event
RETURN p {.id, .slug, .name, .biography} AS person
