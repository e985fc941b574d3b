// Shows a picture that was uploaded and looked at, in place of the one before.
// The first SET takes the lock of the user.
// params: viewerId: string, id: string, key: string, bytes: int, checksum: string, event: map, now: datetime
// returns: keys: [string]
MATCH (u:User {id: $viewerId})
SET u.touchedAt = $now
WITH u
WHERE u.deletedAt IS NULL
MATCH (u)-[:HAS_ASSET {role: 'AVATAR'}]->(a:Asset {id: $id, state: 'PENDING'})
SET a.state = 'READY', a.key = $key, a.bytes = $bytes, a.checksum = $checksum
WITH u, a
OPTIONAL MATCH (u)-[:HAS_ASSET {role: 'AVATAR'}]->(before:Asset)
WHERE before.id <> $id
WITH u, collect(before) AS replaced
WITH replaced, [x IN replaced | x.key] AS keys
FOREACH (x IN replaced |
  DETACH DELETE x
)
CREATE (e:Event)
SET e = $event
RETURN keys
