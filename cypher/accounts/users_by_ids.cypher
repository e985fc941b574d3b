// Users by their ids, as everybody sees them; accounts that are deleted are not there.
// params: ids: [string]
// returns: user: map
UNWIND $ids AS id
MATCH (u:User {id: id})
WHERE u.deletedAt IS NULL
RETURN u {.id, .handle, .displayName, .bio, .linkLabels, .linkUrls, .createdAt} AS user
