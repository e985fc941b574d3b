// Makes pages that nobody sees, with their slugs, which no other page may have; the lock of the tenant is held.
// params: pages: [{id: string, kind: string, slug: string}], tenantId: string, now: datetime
// returns: made: int
UNWIND $pages AS page
CREATE (p:Page:Content {id: page.id, tenantId: $tenantId, createdAt: $now, version: 0})
FOREACH (_ IN CASE WHEN page.kind = 'FRANCHISE' THEN [1] ELSE [] END | SET p:Franchise)
FOREACH (_ IN CASE WHEN page.kind = 'SERIES' THEN [1] ELSE [] END | SET p:Series)
FOREACH (_ IN CASE WHEN page.kind = 'EPISODE' THEN [1] ELSE [] END | SET p:Episode)
CREATE (:Slug {tenantId: $tenantId, kind: page.kind, slug: page.slug, pageId: page.id, createdAt: $now})
RETURN count(p) AS made
