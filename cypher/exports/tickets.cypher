// The tickets that the viewer has opened, with everything that was written in them.
// params: viewerId: string, after: string, limit: int
// returns: cursor: string, item: map
MATCH (u:User {id: $viewerId})-[:HAS_TICKET]->(k:Ticket)
WHERE k.id > $after
WITH k
ORDER BY k.id
LIMIT $limit
RETURN k.id AS cursor, {
  id: k.id, tenantId: k.tenantId, subject: k.subject, state: k.state, createdAt: toString(k.createdAt),
  messages: COLLECT {
    MATCH (k)-[:HAS_MESSAGE]->(m:TicketMessage)
    RETURN {id: m.id, body: m.body, bySupport: m.bySupport, createdAt: toString(m.createdAt)}
    ORDER BY m.createdAt, m.id
  }
} AS item
ORDER BY cursor
