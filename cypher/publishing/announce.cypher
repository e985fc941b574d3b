// Announces that a release is about to change what viewers see, so that every server looks out for it, and forgets those
// that are done for long.
// params: id: string, tenantId: string, now: datetime
// returns: id: string
CALL () {
  MATCH (old:Changeover {state: 'DONE'})
  WHERE old.until < datetime()
  DELETE old
}
CREATE (c:Changeover {id: $id, tenantId: $tenantId, state: 'ANNOUNCED', createdAt: $now,
                      until: datetime() + duration({minutes: 5})})
RETURN c.id AS id
