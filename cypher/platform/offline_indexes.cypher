// The indexes that Neo4j is still filling, or could not fill.
// params: none
// returns: name: string, state: string
SHOW INDEXES YIELD name, state
WHERE state <> 'ONLINE'
RETURN name, state
