// Who has roles on the platform, by their handles. Few people do, and an index holds no others.
// params: none
// returns: handle: string, roles: [string]
MATCH (u:User)
WHERE u.platformRoles IS NOT NULL AND u.deletedAt IS NULL
RETURN u.handle AS handle, u.platformRoles AS roles
ORDER BY handle
