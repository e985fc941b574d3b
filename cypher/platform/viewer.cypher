// The viewer of a request that writes, if the account is there and the session has not ended.
// params: viewerId: string, sessionId: string|null, now: datetime
// returns: roles: [string]
MATCH (u:User {id: $viewerId})
WHERE u.deletedAt IS NULL
  AND ($sessionId IS NULL OR EXISTS {
    (u)-[:HAS_SESSION]->(s:Session {id: $sessionId})
    WHERE s.expiresAt > $now
  })
RETURN coalesce(u.platformRoles, []) AS roles
