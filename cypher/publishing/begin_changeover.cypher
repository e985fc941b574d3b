// Takes the lock of an announcement at the beginning of the transaction that changes what viewers see: whoever asks for it
// meanwhile waits until the change is there as a whole, or undone. One whose time is over may be forgotten by others.
// params: id: string
// returns: id: string
MATCH (c:Changeover {id: $id})
SET c.state = 'DONE'
WITH c
WHERE c.id IS NOT NULL AND c.until > datetime()
RETURN c.id AS id
