// Takes back an announcement that nothing came of.
// params: id: string
// returns: id: string
MATCH (c:Changeover {id: $id})
SET c.askedAt = datetime()
WITH c
WHERE c.id IS NOT NULL
WITH c, c.id AS id
DELETE c
RETURN id
