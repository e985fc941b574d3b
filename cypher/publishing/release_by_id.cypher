// A release of a tenant.
// params: id: string, tenantId: string
// returns: release: map
MATCH (r:Release {id: $id})
WHERE r.tenantId = $tenantId
RETURN r {.id, .number, .kind, .note, .reverts, .pages, .createdAt, .createdBy} AS release
