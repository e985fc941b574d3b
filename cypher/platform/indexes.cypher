// Those of the named indexes that are there, with how they stand: ONLINE, POPULATING or FAILED. A constraint has an index of
// the same name.
// params: names: [string]
// returns: name: string, state: string
SHOW INDEXES YIELD name, state
WHERE name IN $names
RETURN name, state
