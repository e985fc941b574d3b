// How long the texts of a tenant's pages may be, where it differs from what is usual.
// params: tenantId: string
// returns: shortDescription: int|null, longDescription: int|null
MATCH (t:Tenant {id: $tenantId})
RETURN t.maxShortDescription AS shortDescription, t.maxLongDescription AS longDescription
