// Credits people. One person may have several credits for the same work.
// params: rows: [{contentId: string, person: string, position: int, role: string, character: string|null}]
// returns: loaded: int
UNWIND $rows AS row
MATCH (c:Content {id: row.contentId})
CALL (row, c) {
  MATCH (p:Person {slug: row.person})
  MERGE (p)-[credited:CREDITED {position: row.position}]->(c)
  SET credited.role = row.role, credited.character = row.character
  RETURN credited
}
RETURN count(credited) AS loaded
