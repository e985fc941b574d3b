// Removes attempts and codes that have expired, at most so many of each kind.
// params: before: datetime, most: int
// returns: removed: int
CALL () {
  MATCH (n:SignInAttempt)
  WHERE n.expiresAt < $before
  WITH n LIMIT $most
  DETACH DELETE n
  RETURN count(*) AS attempts
}
CALL () {
  MATCH (n:LoginCode)
  WHERE n.expiresAt < $before
  WITH n LIMIT $most
  DETACH DELETE n
  RETURN count(*) AS loginCodes
}
CALL () {
  MATCH (n:LinkCode)
  WHERE n.expiresAt < $before
  WITH n LIMIT $most
  DETACH DELETE n
  RETURN count(*) AS linkCodes
}
RETURN attempts + loginCodes + linkCodes AS removed
