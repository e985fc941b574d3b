// Forgets the credits that content no longer has; the others stay as they are, for those who read meanwhile.
// A credit is told apart by its person and its position.
// params: rows: [{contentId: string, credits: [[person: string, position: int]]}]
// returns: loaded: int
UNWIND $rows AS row
MATCH (c:Content {id: row.contentId})
OPTIONAL MATCH (c)<-[credited:CREDITED]-(p:Person)
WHERE NOT [p.slug, credited.position] IN row.credits
DELETE credited
RETURN count(credited) AS loaded
