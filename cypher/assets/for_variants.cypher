// A picture that is there, and has no smaller variants yet.
// params: id: string
// returns: tenantId: string, key: string, bytes: int, contentType: string
MATCH (a:Asset {id: $id})
WHERE a.state = 'READY' AND a.kind = 'IMAGE' AND a.tenantId IS NOT NULL AND a.variantWidths IS NULL
RETURN a.tenantId AS tenantId, a.key AS key, a.bytes AS bytes, a.contentType AS contentType
