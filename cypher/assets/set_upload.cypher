// Keeps the name that the S3 server has given an upload in parts.
// params: tenantId: string, id: string, uploadId: string
// returns: id: string
MATCH (a:Asset {id: $id, tenantId: $tenantId, state: 'PENDING'})
SET a.uploadId = $uploadId
RETURN a.id AS id
