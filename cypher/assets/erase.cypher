// Erases a file whose objects are gone, and its cues.
// params: id: string
// returns: erased: int
MATCH (a:Asset {id: $id})
WHERE a.state = 'REMOVING'
OPTIONAL MATCH (a)-[:HAS_CUE]->(c:Cue)
DETACH DELETE c, a
RETURN count(*) AS erased
