// The announced changes of what viewers see, and those of the last minutes that are done.
// params: none
// returns: id: string, tenant: string, done: bool
MATCH (c:Changeover)
WHERE c.id IS NOT NULL AND c.tenantId IS NOT NULL
RETURN c.id AS id, c.tenantId AS tenant, c.state = 'DONE' AS done
