// What the viewer has written in tickets that others have opened.
// params: viewerId: string, after: string, limit: int
// returns: cursor: string, item: map
MATCH (u:User {id: $viewerId})-[:WROTE]->(m:TicketMessage)
WHERE m.id > $after AND m.bySupport
RETURN m.id AS cursor, {
  id: m.id, ticketId: m.ticketId, body: m.body, createdAt: toString(m.createdAt)
} AS item
ORDER BY cursor
LIMIT $limit
