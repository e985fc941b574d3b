// The pages of a tenant that have a slug, in production or in a draft, or had it.
// params: keys: [{kind: string, slug: string}], tenantId: string
// returns: kind: string, slug: string, id: string
UNWIND $keys AS key
CALL (key) {
  MATCH (s:Slug {tenantId: $tenantId, kind: key.kind, slug: key.slug})
  WHERE s.pageId IS NOT NULL
  RETURN s.pageId AS id
UNION
  WITH key
  WHERE key.kind = 'FRANCHISE'
  MATCH (f:Franchise {tenantId: $tenantId, slug: key.slug})
  RETURN f.id AS id
UNION
  WITH key
  WHERE key.kind = 'SERIES'
  MATCH (s:Series {tenantId: $tenantId, slug: key.slug})
  RETURN s.id AS id
UNION
  WITH key
  WHERE key.kind = 'EPISODE'
  MATCH (e:Episode {tenantId: $tenantId, slug: key.slug})
  RETURN e.id AS id
}
RETURN key.kind AS kind, key.slug AS slug, id
