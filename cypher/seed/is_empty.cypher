// Whether the graph holds no tenant, and so no catalogue.
// params: none
// returns: empty: bool
RETURN NOT EXISTS { (:Tenant) } AS empty
