// Notes how far a generation has come, in the transaction of what has been written. The version lets one
// program do this at a time: without a row, another one was faster.
// params: id: string, version: int, phase: string, done: int, nodes: int, relationships: int
// returns: version: int
MATCH (g:Generation {id: $id})
WHERE g.version = $version
SET g.version = $version + 1, g.phase = $phase, g.done = $done, g.nodes = $nodes, g.relationships = $relationships
RETURN g.version AS version
