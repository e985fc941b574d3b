// Connects generated answers with the comments that they answer.
// params: rows: [{id: string, parentId: string}]
// returns: loaded: int
UNWIND $rows AS row
MATCH (c:Comment {id: row.id})
CALL (row, c) {
  MATCH (parent:Comment {id: row.parentId})
  CREATE (c)-[reply:REPLY_TO]->(parent)
  RETURN reply
}
RETURN count(reply) AS loaded
