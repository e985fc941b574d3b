// Notes that a schedule could not be carried out, unless it has ended meanwhile, and says since when that is so.
// params: id: string, tenantId: string, now: datetime
// returns: since: datetime
MATCH (s:Schedule {id: $id})
WHERE s.tenantId = $tenantId AND s.state = 'PENDING'
SET s.failingSince = coalesce(s.failingSince, $now)
RETURN s.failingSince AS since
