// Generates users.
// params: rows: [{id: string, handle: string, handleSkeleton: string, displayName: string, email: string,
//         createdAt: datetime}]
// returns: loaded: int
UNWIND $rows AS row
CREATE (u:User {
  id: row.id, handle: row.handle, handleSkeleton: row.handleSkeleton, displayName: row.displayName, email: row.email,
  createdAt: row.createdAt, version: 1
})
RETURN count(u) AS loaded
