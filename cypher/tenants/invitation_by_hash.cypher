// The tenant that a token invites to. A request that is confined to another tenant finds nothing.
// params: hash: string, tenantId: string|null
// returns: tenant: string
MATCH (i:Invitation {hash: $hash})
WHERE $tenantId IS NULL OR i.tenantId = $tenantId
RETURN i.tenantId AS tenant
