// Waits until those who change what viewers see at this moment have done it, or have failed, by asking for their locks; then
// forgets what is over for long. The announcements are taken in the order of their ids by everybody.
// params: ids: [string]
// returns: id: string, tenant: string, done: bool
UNWIND $ids AS id
MATCH (c:Changeover {id: id})
SET c.askedAt = datetime()
WITH c
WHERE c.id IS NOT NULL
WITH c, c.id AS id, c.tenantId AS tenant, c.state = 'DONE' AS done, c.until < datetime() AS over
FOREACH (_ IN CASE WHEN over THEN [1] ELSE [] END |
  DELETE c
)
RETURN id, tenant, done
