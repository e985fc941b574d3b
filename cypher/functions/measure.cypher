// How much each function has before it, how old the oldest of it is, and how much was given up; counted up to a limit.
// params: functions: [string], most: int
// returns: function: string, waiting: int, lagMs: int, failed: int
UNWIND $functions AS function
CALL (function) {
  MATCH (d:Delivery)
  WHERE d.function = function AND d.seq IS NOT NULL
  WITH d
  ORDER BY d.function, d.seq
  LIMIT $most
  RETURN count(d) AS waiting, min(d.eventAt) AS oldest
}
CALL (function) {
  MATCH (d:Delivery)
  WHERE d.function = function AND d.failedAt IS NOT NULL
  WITH d
  LIMIT $most
  RETURN count(d) AS failed
}
RETURN function, waiting, failed, CASE WHEN oldest IS NULL THEN 0 ELSE datetime().epochMillis - oldest.epochMillis END AS lagMs
