// Tags content. The relationship repeats both ids, because its index pages through a tag.
// params: rows: [{contentId: string, tag: string, at: string}]
// returns: loaded: int
UNWIND $rows AS row
MATCH (c:Content {id: row.contentId})
CALL (row, c) {
  MATCH (g:Tag {slug: row.tag})
  MERGE (c)-[tagged:TAGGED]->(g)
  ON CREATE SET tagged.tagId = g.id, tagged.contentId = c.id, tagged.at = datetime(row.at)
  RETURN tagged
}
RETURN count(tagged) AS loaded
