// What of the things that a page refers to is there for its tenant. A parent is there as a draft, too.
// params: parentIds: [string], tagIds: [string], personIds: [string], tenantId: string
// returns: parents: [string], tags: [string], people: [string]
WITH COLLECT {
    UNWIND $parentIds AS id
    MATCH (p:Content {id: id})
    WHERE p.tenantId = $tenantId
    RETURN p.id
  } AS parents,
  COLLECT {
    UNWIND $tagIds AS id
    MATCH (g:Tag {id: id})
    RETURN g.id
  } AS tags,
  COLLECT {
    UNWIND $personIds AS id
    MATCH (who:Person {id: id})
    RETURN who.id
  } AS people
RETURN parents, tags, people
