// Says that a file is still being checked.
// params: id: string, claim: string, leaseEnds: datetime
// returns: id: string
MATCH (a:Asset {id: $id})
WHERE a.state = 'CHECKING' AND a.claim = $claim
SET a.dueAt = $leaseEnds
RETURN a.id AS id
