//! What every guarded field comes to, for everybody who may ask.

/// The fields at the root that are for everybody. All others need a row below.
pub(super) const PUBLIC_ROOTS: [&str; 18] = [
    "allSeries",
    "episode",
    "episodes",
    "franchise",
    "franchises",
    "identityProviders",
    "node",
    "nodes",
    "person",
    "search",
    "series",
    "tag",
    "tags",
    "tenant",
    "tenants",
    "user",
    // Of the library.
    "__schema",
    "__type",
];

/// Everything that everybody sees of somebody. What is added here is added on purpose.
pub(super) const PUBLIC_OF_USERS: [&str; 11] = [
    "avatar",
    "bio",
    "createdAt",
    "displayName",
    "followerCount",
    "followers",
    "following",
    "handle",
    "id",
    "links",
    "viewerFollows",
];

/// The types that only guarded fields lead to, each with the type or the field that guards it. A type that stands here
/// and becomes reachable in another way fails the tests, and so does one that is missing.
pub(super) const PRIVATE_TYPES: [&str; 31] = [
    "AccessToken",
    "AccessTokenConnection",
    "AccessTokenEdge",
    "AuditDetail",
    "AuditEvent",
    "AuditEventConnection",
    "AuditEventEdge",
    "Domain",
    "FailedFunction",
    "FailedFunctionConnection",
    "FailedFunctionEdge",
    "Identity",
    "Invitation",
    "InvitationConnection",
    "InvitationEdge",
    "LegalPerson",
    "Membership",
    "MembershipConnection",
    "MembershipEdge",
    "PostalAddress",
    "Session",
    "SessionConnection",
    "SessionEdge",
    "TenantAdministration",
    "TenantLimit",
    "TenantLimits",
    "TenantMember",
    "TenantMemberConnection",
    "TenantMemberEdge",
    "TenantStanding",
    "Viewer",
];

/// The fields at the root that are not for everybody, and all of the fields of what they lead to at once: the type, the
/// field, and what comes back for each of [`super::COLUMNS`].
pub(super) const FIELDS: &[(&str, &str, &str)] = &[
    ("Query", "administration", "UUU F. FF ..... .. FF"),
    ("Query", "auditEvents", "UUU F. FF FFF.. .. FF"),
    ("Query", "failedFunctions", "UUU FF FF FFFFF FF .."),
    // The owner's program may read what its owner may on the platform, and that is nothing.
    ("Query", "platformEvents", "UUU FF FF FFFFF FF .."),
    ("Query", "tenantStanding", "UUU FF FF FFFFF FF .."),
    ("Query", "viewer", "0UU F. .. ..... .. F."),
    ("TenantAdministration", "domains", "UUU F. FF FFF.. .. FF"),
    ("TenantAdministration", "invitations", "UUU F. FF FFF.. .. FF"),
    ("TenantAdministration", "limits", "UUU F. FF ..... .. FF"),
    ("TenantAdministration", "members", "UUU F. FF ..... .. FF"),
    ("TenantAdministration", "plan", "UUU F. FF ..... .. FF"),
    ("TenantAdministration", "role", "UUU F. FF ..... .. FF"),
    ("TenantAdministration", "tenant", "UUU F. FF ..... .. FF"),
    ("TenantAdministration", "version", "UUU F. FF ..... .. FF"),
    ("TenantStanding", "closedAt", "UUU FF FF FFFFF FF .."),
    ("TenantStanding", "maxItems", "UUU FF FF FFFFF FF .."),
    ("TenantStanding", "maxMembers", "UUU FF FF FFFFF FF .."),
    ("TenantStanding", "maxStorageBytes", "UUU FF FF FFFFF FF .."),
    ("TenantStanding", "plan", "UUU FF FF FFFFF FF .."),
    ("TenantStanding", "suspendedAt", "UUU FF FF FFFFF FF .."),
    ("TenantStanding", "suspensionReason", "UUU FF FF FFFFF FF .."),
    ("TenantStanding", "tenant", "UUU FF FF FFFFF FF .."),
    ("Viewer", "accessTokens", "0UU F. .. ..... .. F."),
    ("Viewer", "address", "0UU F. .. ..... .. F."),
    ("Viewer", "email", "0UU F. .. ..... .. F."),
    ("Viewer", "emailVerified", "0UU F. .. ..... .. F."),
    ("Viewer", "historyVisibility", "0UU F. .. ..... .. F."),
    ("Viewer", "identities", "0UU F. .. ..... .. F."),
    ("Viewer", "legalPerson", "0UU F. .. ..... .. F."),
    ("Viewer", "locale", "0UU F. .. ..... .. F."),
    ("Viewer", "memberships", "0UU F. .. ..... .. F."),
    ("Viewer", "roles", "0UU F. .. ..... .. F."),
    ("Viewer", "securityEvents", "0UU F. .. ..... .. F."),
    ("Viewer", "sessions", "0UU F. .. ..... .. F."),
    ("Viewer", "user", "0UU F. .. ..... .. F."),
    ("Viewer", "version", "0UU F. .. ..... .. F."),
];

/// Where a guarded field at the root is asked about something, what it is asked about.
pub(super) fn arguments(root: &str) -> &'static str {
    match root {
        "administration" | "auditEvents" => "(tenantId: \"TENANT\")",
        "tenantStanding" => "(id: \"TENANT\")",
        _ => "",
    }
}
