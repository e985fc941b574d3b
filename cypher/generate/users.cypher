// Generates users.
// params: rows: [{id: string, handle: string, displayName: string, email: string, createdAt: datetime}]
// returns: loaded: int
UNWIND $rows AS row
CREATE (u:User {id: row.id, handle: row.handle, displayName: row.displayName, email: row.email, createdAt: row.createdAt})
RETURN count(u) AS loaded
