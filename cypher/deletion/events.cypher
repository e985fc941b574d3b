// Takes what is personal from some of the events of an account: from where it was done, and with what. That it was
// done stays. What somebody else did to the account is theirs, and stays whole.
// params: id: string, limit: int
// returns: erased: int
CALL () {
  MATCH (e:Event)
  WHERE e.actorId = $id AND e.at IS NOT NULL AND e.id IS NOT NULL AND (e.address IS NOT NULL OR e.userAgent IS NOT NULL)
  RETURN e
  LIMIT $limit
UNION ALL
  MATCH (e:Event)
  WHERE e.subjectId = $id AND e.at IS NOT NULL AND e.id IS NOT NULL AND e.actorId IS NULL
    AND (e.address IS NOT NULL OR e.userAgent IS NOT NULL)
  RETURN e
  LIMIT $limit
}
REMOVE e.address, e.userAgent
RETURN count(e) AS erased
