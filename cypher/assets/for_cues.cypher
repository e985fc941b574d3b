// Captions that are there, and whose cues cannot be searched yet.
// params: id: string
// returns: key: string, bytes: int
MATCH (a:Asset {id: $id})
WHERE a.state = 'READY' AND a.kind = 'CAPTIONS' AND a.tenantId IS NOT NULL AND a.cueCount IS NULL
RETURN a.key AS key, a.bytes AS bytes
