// The announced changes of what viewers see, and those of the last minutes that are done.
// params: none
// returns: id: string, done: bool
MATCH (c:Changeover)
WHERE c.id IS NOT NULL
RETURN c.id AS id, c.state = 'DONE' AS done
