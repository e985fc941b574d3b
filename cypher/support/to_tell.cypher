// Whom a mail about a ticket goes to. Of a new one: the owners and admins of its tenant, or the operators of the platform. Of
// an answer that the opener has not written: the opener. Who is about to be deleted gets none.
// params: id: string, actorId: string|null, isNew: bool, limit: int
// returns: id: string, email: string, subject: string, name: string|null
MATCH (k:Ticket {id: $id})
OPTIONAL MATCH (t:Tenant {id: k.tenantId})
WITH k, t
CALL (k, t) {
  WITH k, t
  WHERE NOT $isNew
  MATCH (u:User {id: k.openerId})
  WHERE u.id <> $actorId
  RETURN u
UNION
  WITH k, t
  WHERE $isNew AND t IS NOT NULL
  MATCH (t)<-[mine:MEMBER_OF]-(u:User)
  WHERE mine.role IN ['OWNER', 'ADMIN'] AND u.id <> k.openerId
  RETURN u
UNION
  WITH k, t
  WHERE $isNew AND k.tenantId IS NULL
  MATCH (u:User)
  WHERE u.platformRoles IS NOT NULL AND 'OPERATOR' IN u.platformRoles AND u.id <> k.openerId
  RETURN u
}
WITH k, t, u
WHERE u.deletedAt IS NULL
RETURN u.id AS id, u.email AS email, k.subject AS subject, t.name AS name
ORDER BY id
LIMIT $limit
