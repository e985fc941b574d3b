// Erases an account that has nothing any more. Its handle and its address are free then.
// params: id: string, event: map, now: datetime
// returns: erased: int
MATCH (u:User {id: $id})
WHERE u.deleteAfter <= $now AND u.erasingSince IS NOT NULL
DETACH DELETE u
CREATE (e:Event)
SET e = $event
RETURN count(e) AS erased
