// Notes that a generation begins. Its createdAt is the moment at which the generated graph is as it is.
// params: id: string, flags: string, phase: string, until: datetime
// returns: version: int
CREATE (g:Generation {id: $id, flags: $flags, phase: $phase, done: 0, nodes: 0, relationships: 0,
                      createdAt: $until, version: 0})
RETURN g.version AS version
