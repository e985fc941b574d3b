// The account of the viewer, without what keeps it safe.
// params: viewerId: string, after: string, limit: int
// returns: cursor: string, item: map
MATCH (u:User {id: $viewerId})
WHERE u.id > $after
RETURN u.id AS cursor, {
  id: u.id, handle: u.handle, email: u.email, emailVerifiedAt: toString(u.emailVerifiedAt), displayName: u.displayName,
  bio: u.bio, linkLabels: u.linkLabels, linkUrls: u.linkUrls, locale: u.locale, historyVisibility: u.historyVisibility,
  platformRoles: u.platformRoles, createdAt: toString(u.createdAt),
  address: head([(u)-[:HAS_ADDRESS]->(a:Address) | a {.name, .lines, .postalCode, .locality, .region, .country}]),
  legalPerson: head([(u)-[:HAS_LEGAL_PERSON]->(p:LegalPerson) |
    p {.legalName, dateOfBirth: toString(p.dateOfBirth), .nationality, .countryOfResidence, .taxId}])
} AS item
LIMIT $limit
