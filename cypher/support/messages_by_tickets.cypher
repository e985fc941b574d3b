// The messages of tickets, oldest first, for whoever has been shown the tickets. They are few, so a page is cut from the
// sorted whole.
// params: keys: [{n: int, id: string, lower: [any], upper: [any], limit: int, backward: bool}]
// returns: n: int, items: [map]
UNWIND $keys AS key
CALL (key) {
  MATCH (k:Ticket {id: key.id})-[:HAS_MESSAGE]->(m:TicketMessage)
  WHERE key.lower < [m.createdAt, m.id] < key.upper
  WITH m
  ORDER BY m.createdAt, m.id
  WITH collect(m) AS all
  UNWIND CASE WHEN key.backward THEN all[-key.limit..] ELSE all[..key.limit] END AS m
  OPTIONAL MATCH (m)<-[:WROTE]-(u:User)
  WITH m, u
  ORDER BY m.createdAt, m.id
  RETURN collect(m {.id, .body, .bySupport, .createdAt, authorId: u.id}) AS items
}
RETURN key.n AS n, items
