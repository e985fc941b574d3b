// Whether an address or a handle is taken.
// params: email: string, handleSkeleton: string
// returns: email: bool, handle: bool
RETURN EXISTS { (:User {email: $email}) } AS email, EXISTS { (:User {handleSkeleton: $handleSkeleton}) } AS handle
