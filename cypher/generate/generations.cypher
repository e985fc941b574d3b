// What has been generated into this graph, finished or not.
// All properties are returned, because a graph without one has never heard of them.
// params: none
// returns: generation: map
MATCH (g:Generation)
WHERE g.id IS NOT NULL
RETURN g {.*} AS generation
