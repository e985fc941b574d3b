// Writes down an event that changes nothing else.
// params: event: map
// returns: id: string
CREATE (e:Event)
SET e = $event
RETURN e.id AS id
