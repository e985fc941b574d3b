// The home page of the platform as operators see it.
// params: id: string
// returns: version: int, draft: string|null, live: string|null
MATCH (h:HomePage {id: $id})
RETURN h.version AS version, h.draft AS draft, h.rails AS live
