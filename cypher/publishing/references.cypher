// What of the things that a page refers to is there for its tenant. Files are locked, so that none is deleted while a page
// takes it. A parent is there as a draft, too.
// params: parentIds: [string], tagIds: [string], personIds: [string], assetIds: [string], tenantId: string, now: datetime
// returns: parents: [string], tags: [string], people: [string], assets: [{id: string, kind: string}]
CALL () {
  UNWIND $parentIds AS id
  MATCH (p:Content {id: id})
  WHERE p.tenantId = $tenantId
  RETURN collect(p.id) AS parents
}
CALL (parents) {
  UNWIND $tagIds AS id
  MATCH (g:Tag {id: id})
  RETURN collect(g.id) AS tags
}
CALL (tags) {
  UNWIND $personIds AS id
  MATCH (who:Person {id: id})
  RETURN collect(who.id) AS people
}
CALL (people) {
  UNWIND $assetIds AS id
  MATCH (a:Asset {id: id})
  WHERE a.tenantId = $tenantId
  SET a.lockedAt = $now
  WITH a
  WHERE a.state = 'READY'
  RETURN collect({id: a.id, kind: a.kind}) AS assets
}
RETURN parents, tags, people, assets
