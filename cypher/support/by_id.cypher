// A ticket, for whoever has opened it, for members of its tenant, and, where it is the platform's, for operators.
// params: id: string, viewerId: string, isOperator: bool, tenantId: string|null
// returns: ticket: map
MATCH (k:Ticket {id: $id})
WHERE ($tenantId IS NULL OR k.tenantId = $tenantId)
  AND (k.openerId = $viewerId
    OR ($isOperator AND k.tenantId IS NULL)
    OR EXISTS {
      MATCH (t:Tenant {id: k.tenantId})
      WHERE t.suspendedAt IS NULL AND EXISTS { (:User {id: $viewerId})-[:MEMBER_OF]->(t) }
    })
RETURN k {.id, .tenantId, .openerId, .subject, .state, .createdAt, .updatedAt, .version} AS ticket
