// Takes back an announcement that nothing came of. One that was carried out stays, whatever was heard of it.
// params: id: string
// returns: id: string
MATCH (c:Changeover {id: $id})
SET c.askedAt = datetime()
WITH c
WHERE c.id IS NOT NULL AND c.state <> 'DONE'
WITH c, c.id AS id
DELETE c
RETURN id
