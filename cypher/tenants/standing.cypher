// A tenant as the operators of the platform see it, by its id or its slug.
// params: id: string|null, slug: string|null
// returns: standing: map
CALL () {
  MATCH (t:Tenant {id: $id})
  RETURN t
UNION ALL
  MATCH (t:Tenant {slug: $slug})
  RETURN t
}
RETURN {tenant: t {.id, .slug, .name, .description, .createdAt}, suspendedAt: t.suspendedAt,
        suspensionReason: t.suspensionReason, closedAt: t.closedAt,
        terms: t {.plan, .maxMembers, .maxItems, .maxStorageBytes}} AS standing
