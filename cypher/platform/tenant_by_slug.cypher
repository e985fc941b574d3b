// The tenant that a request confines itself to. One that is not active is there for its members alone.
// params: slug: string, viewerId: string|null
// returns: id: string, slug: string, suspended: bool
MATCH (t:Tenant {slug: $slug})
WHERE t.active OR EXISTS { (:User {id: $viewerId})-[:MEMBER_OF]->(t) }
RETURN t.id AS id, t.slug AS slug, t.suspendedAt IS NOT NULL AS suspended
