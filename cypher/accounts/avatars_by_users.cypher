// The pictures of users.
// params: ids: [string]
// returns: user: string, avatar: map
UNWIND $ids AS id
MATCH (u:User {id: id})-[has:HAS_ASSET {role: 'AVATAR'}]->(a:Asset)
WHERE u.deletedAt IS NULL AND a.state = 'READY'
RETURN u.id AS user, a {.id, .kind, .key, .contentType, .bytes, .checksum, .width, .height, .durationMs, .language,
                        role: has.role} AS avatar
