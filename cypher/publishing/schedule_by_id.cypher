// A schedule of a tenant.
// params: id: string, tenantId: string
// returns: schedule: map
MATCH (s:Schedule {id: $id})
WHERE s.tenantId = $tenantId
RETURN s {.id, .at, .state, .note, .createdAt, .createdBy, .failure, .releaseId, .pageIds} AS schedule
