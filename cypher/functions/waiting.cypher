// Whether events wait to be handed out, and which functions have something due. It only reads, so that a server without
// work takes no locks.
// params: functions: [string]
// returns: events: bool, functions: [string]
RETURN EXISTS {
  MATCH (e:Event)
  WHERE e.dueAt IS NOT NULL AND e.id IS NOT NULL
} AS events, [function IN $functions WHERE EXISTS {
  MATCH (d:Delivery)
  WHERE d.function = function AND d.dueAt <= datetime() AND d.seq IS NOT NULL
}] AS functions
