// The tenants that the viewer belongs to.
// params: viewerId: string, after: string, limit: int
// returns: cursor: string, item: map
MATCH (u:User {id: $viewerId})-[member:MEMBER_OF]->(t:Tenant)
WHERE t.id > $after
RETURN t.id AS cursor, {
  tenantId: t.id, slug: t.slug, name: t.name, role: member.role, since: toString(member.since)
} AS item
ORDER BY cursor
LIMIT $limit
