// The owners of a tenant and their addresses, to write to them. What was deleted, or is about to be, gets no mail.
// params: tenantId: string
// returns: id: string, email: string, name: string, slug: string
MATCH (t:Tenant {id: $tenantId})<-[:MEMBER_OF {role: 'OWNER'}]-(u:User)
WHERE u.deletedAt IS NULL
RETURN u.id AS id, u.email AS email, t.name AS name, t.slug AS slug
ORDER BY id
