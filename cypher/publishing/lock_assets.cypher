// Takes the locks of files that a page refers to, so that none is deleted while the page takes it, and says which are ready.
// params: assetIds: [string], tenantId: string, now: datetime
// returns: id: string, kind: string
UNWIND $assetIds AS assetId
MATCH (a:Asset {id: assetId})
WHERE a.tenantId = $tenantId
SET a.lockedAt = $now
WITH a
WHERE a.state = 'READY'
RETURN a.id AS id, a.kind AS kind
