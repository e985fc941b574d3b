// Tenants by their ids, as their members have them: those that the viewer belongs to.
// params: ids: [string], viewerId: string
// returns: record: map
UNWIND $ids AS id
MATCH (t:Tenant {id: id})
WHERE EXISTS { (:User {id: $viewerId})-[:MEMBER_OF]->(t) }
RETURN {tenant: t {.id, .slug, .name, .description, .createdAt}, version: coalesce(t.version, 1),
        terms: t {.plan, .maxMembers, .maxItems, .maxStorageBytes}} AS record
