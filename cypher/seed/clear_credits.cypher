// Forgets the credits of content, which are loaded anew in the same transaction: they are told apart by
// their positions, which shift when one is taken out.
// params: rows: [{contentId: string}]
// returns: loaded: int
UNWIND $rows AS row
MATCH (c:Content {id: row.contentId})
OPTIONAL MATCH (c)<-[credited:CREDITED]-(:Person)
DELETE credited
RETURN count(credited) AS loaded
