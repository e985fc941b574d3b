// What a tenant uses of what its plan allows. Content is counted by the index of its slugs, which drafts have, too.
// params: tenantId: string
// returns: terms: map, members: int, items: int, storageBytes: int
MATCH (t:Tenant {id: $tenantId})
CALL (t) {
  MATCH (a:Asset)
  WHERE a.tenantId = t.id AND a.bytes IS NOT NULL
  RETURN coalesce(sum(a.bytes + coalesce(a.variantBytes, 0)), 0) AS storageBytes
}
RETURN t {.plan, .maxMembers, .maxItems, .maxStorageBytes} AS terms,
  COUNT { (t)<-[:MEMBER_OF]-(:User) } AS members,
  COUNT { MATCH (f:Franchise) WHERE f.tenantId = $tenantId AND f.slug IS NOT NULL }
  + COUNT { MATCH (s:Series) WHERE s.tenantId = $tenantId AND s.slug IS NOT NULL }
  + COUNT { MATCH (e:Episode) WHERE e.tenantId = $tenantId AND e.slug IS NOT NULL } AS items,
  storageBytes
