// Deletes some of the invitations to the address of an account, whichever tenant they are from.
// params: id: string, limit: int
// returns: erased: int
MATCH (u:User {id: $id})
MATCH (i:Invitation {email: u.email})
WITH i
LIMIT $limit
DETACH DELETE i
RETURN count(*) AS erased
