// The user with a handle.
// params: handle: string
// returns: user: map
MATCH (u:User {handle: $handle})
WHERE u.deletedAt IS NULL
RETURN u {.id, .handle, .displayName, .bio, .linkLabels, .linkUrls, .createdAt} AS user
