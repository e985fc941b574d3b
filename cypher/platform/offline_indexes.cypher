// Those of the named indexes that Neo4j is still filling, or could not fill.
// params: names: [string]
// returns: name: string, state: string
SHOW INDEXES YIELD name, state
WHERE name IN $names AND state <> 'ONLINE'
RETURN name, state
