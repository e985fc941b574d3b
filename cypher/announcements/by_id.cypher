// What was asked to be announced, for whoever has just asked for it, decided or withdrawn it.
// params: id: string, tenantId: string|null
// returns: request: map
MATCH (a:Announcement {id: $id})
WHERE $tenantId IS NULL OR a.tenantId = $tenantId
RETURN a {.id, .tenantId, .contentId, .text, .from, .until, .state, .reason, .createdAt, .updatedAt, .version} AS request
