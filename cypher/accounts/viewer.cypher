// The account of the viewer, with what only they may see.
// params: viewerId: string, sessionId: string|null, now: datetime
// returns: viewer: map
MATCH (u:User {id: $viewerId})
WHERE u.deletedAt IS NULL
  AND ($sessionId IS NULL OR EXISTS {
    (u)-[:HAS_SESSION]->(s:Session {id: $sessionId})
    WHERE s.expiresAt > $now
  })
RETURN {id: u.id, email: u.email, emailVerified: u.emailVerifiedAt IS NOT NULL,
        roles: coalesce(u.platformRoles, []),
        locale: u.locale, historyVisibility: u.historyVisibility, version: coalesce(u.version, 1),
        address: head([(u)-[:HAS_ADDRESS]->(a:Address) |
          a {.name, .lines, .postalCode, .locality, .region, .country, .version}]),
        legalPerson: head([(u)-[:HAS_LEGAL_PERSON]->(p:LegalPerson) |
          p {.legalName, .dateOfBirth, .nationality, .countryOfResidence, .taxId, .version}])} AS viewer
