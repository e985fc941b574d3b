// Notes that the file of an export is gone. That there was one counts for a day.
// params: id: string
// returns: id: string
MATCH (x:Export {id: $id})
SET x.state = 'GONE'
REMOVE x.key, x.expiresAt
RETURN x.id AS id
