// The tenant that a request confines itself to.
// params: slug: string
// returns: id: string, slug: string
MATCH (t:Tenant {slug: $slug})
WHERE t.active
RETURN t.id AS id, t.slug AS slug
