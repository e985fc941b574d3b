// Tags and people by their slugs.
// params: tagSlugs: [string], personSlugs: [string]
// returns: tags: [{id: string, slug: string}], people: [{id: string, slug: string}]
WITH COLLECT {
    UNWIND $tagSlugs AS slug
    MATCH (g:Tag {slug: slug})
    RETURN g {.id, .slug}
  } AS tags,
  COLLECT {
    UNWIND $personSlugs AS slug
    MATCH (who:Person {slug: slug})
    RETURN who {.id, .slug}
  } AS people
RETURN tags, people
