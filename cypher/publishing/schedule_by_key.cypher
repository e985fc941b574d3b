// The schedule that was made with a key.
// params: creationKey: string|null, tenantId: string
// returns: id: string
MATCH (s:Schedule {creationKey: $creationKey})
WHERE s.tenantId = $tenantId
RETURN s.id AS id
