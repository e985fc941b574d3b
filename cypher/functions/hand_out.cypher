// Hands events that wait to the functions that listen to them: each gets a delivery of its own, and the event waits no more.
// The lock of the queue lets one server do so at a time, so that numbers are given in the order in which they become
// visible: whatever comes later has a higher one. Of a lane, which is a function with a subject, only the first
// delivery is due; whoever is done with one makes the next one due. The last of a lane is locked before a new one is put
// behind it, or what it would wait for might end unseen. It is looked at by properties(), because what the
// planner has read from an index it does not read again.
// params: limit: int
// returns: events: int
MERGE (q:Queue {name: 'functions'})
SET q.lockedAt = datetime()
WITH q
CALL (q) {
  MATCH (e:Event)
  WHERE q.lockedAt IS NOT NULL AND e.dueAt IS NOT NULL AND e.id IS NOT NULL
  RETURN e
  ORDER BY e.dueAt, e.id
  LIMIT $limit
}
WITH q, collect(e) AS events
WITH q, events, coalesce(q.last, 0) AS last
SET q.last = last + size(events)
WITH events, last
UNWIND range(0, size(events) - 1) AS i
WITH events[i] AS e, last + 1 + i AS seq
UNWIND e.functions AS function
WITH e, seq, function, function + ' ' + coalesce(e.subjectId, e.tenantId, e.id) AS lane
ORDER BY lane, seq
WITH lane, function, collect({event: e, at: e.dueAt, seq: seq}) AS entries
CALL (lane) {
  OPTIONAL MATCH (t:Delivery)
  WHERE t.lane = lane AND t.seq IS NOT NULL
  WITH t
  ORDER BY t.lane DESC, t.seq DESC
  LIMIT 1
  SET t.lockedAt = datetime()
  RETURN t
}
WITH lane, function, entries, properties(t).lane IS NULL AS isFree
UNWIND range(0, size(entries) - 1) AS i
WITH lane, function, isFree, i, entries[i] AS entry
WITH lane, function, isFree, i, entry, entry.event AS e
CREATE (d:Delivery)
SET d = {eventId: e.id, function: function, lane: lane, seq: entry.seq, eventAt: entry.at, attempts: 0, createdAt: datetime(),
  dueAt: CASE WHEN isFree AND i = 0 THEN datetime() END}
WITH DISTINCT e
REMOVE e.dueAt, e.functions
RETURN count(e) AS events
