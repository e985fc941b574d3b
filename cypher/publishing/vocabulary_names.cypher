// The slugs of tags and people.
// params: tagIds: [string], personIds: [string]
// returns: tags: [{id: string, slug: string}], people: [{id: string, slug: string}]
WITH COLLECT {
    UNWIND $tagIds AS id
    MATCH (g:Tag {id: id})
    RETURN g {.id, .slug}
  } AS tags,
  COLLECT {
    UNWIND $personIds AS id
    MATCH (who:Person {id: id})
    RETURN who {.id, .slug}
  } AS people
RETURN tags, people
