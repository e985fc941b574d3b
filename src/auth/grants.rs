//! What access tokens may be used for: the one place that says so, by the fields at the root of an operation.
//!
//! What does not stand here is refused to access tokens, so that whoever adds a field and forgets this table has
//! closed it to them. What lies deeper is guarded once more where it is looked up: the unpublished side of a tenant by
//! [`crate::scope::TenantScope`], the viewer's own account by `viewer`, and platform roles by being absent.

use std::collections::BTreeSet;

use async_graphql::parser::types::OperationType;
use async_graphql::registry::Registry;

use super::{AccessTokenScope, SignedIn, SignedInBy};
use crate::error::{Error, Result};

/// What a field at the root needs of an access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Need {
    /// Nothing: it is open to everybody.
    Nothing,
    /// This scope, or one that includes it.
    Scope(AccessTokenScope),
}

/// The fields of `Query`. A test wants all of them here.
const QUERIES: &[(&str, Need)] = &[
    ("administration", Need::Scope(AccessTokenScope::TenantRead)),
    ("allSeries", Need::Nothing),
    ("announcementRequests", Need::Scope(AccessTokenScope::PlatformRead)),
    ("announcements", Need::Nothing),
    ("asset", Need::Scope(AccessTokenScope::TenantRead)),
    ("auditEvents", Need::Scope(AccessTokenScope::TenantRead)),
    ("episode", Need::Nothing),
    ("episodes", Need::Nothing),
    ("failedFunctions", Need::Scope(AccessTokenScope::PlatformRead)),
    ("franchise", Need::Nothing),
    ("franchises", Need::Nothing),
    ("home", Need::Nothing),
    ("identityProviders", Need::Nothing),
    ("listUploadedParts", Need::Scope(AccessTokenScope::TenantRead)),
    ("node", Need::Nothing),
    ("nodes", Need::Nothing),
    ("page", Need::Scope(AccessTokenScope::TenantRead)),
    ("pages", Need::Scope(AccessTokenScope::TenantRead)),
    ("pendingChanges", Need::Scope(AccessTokenScope::TenantRead)),
    ("person", Need::Nothing),
    ("platformEvents", Need::Scope(AccessTokenScope::PlatformRead)),
    ("publishPreflight", Need::Scope(AccessTokenScope::TenantRead)),
    ("releases", Need::Scope(AccessTokenScope::TenantRead)),
    ("schedules", Need::Scope(AccessTokenScope::TenantRead)),
    ("platformHomePage", Need::Scope(AccessTokenScope::PlatformRead)),
    ("platformTickets", Need::Scope(AccessTokenScope::PlatformRead)),
    ("search", Need::Nothing),
    ("searchCaptions", Need::Nothing),
    ("series", Need::Nothing),
    ("tag", Need::Nothing),
    ("tags", Need::Nothing),
    ("tenant", Need::Nothing),
    ("tenantStanding", Need::Scope(AccessTokenScope::PlatformRead)),
    ("tenants", Need::Nothing),
    ("ticket", Need::Scope(AccessTokenScope::TenantRead)),
    ("user", Need::Nothing),
    ("viewer", Need::Scope(AccessTokenScope::ProfileRead)),
];

/// The fields of `Mutation` that access tokens may be used for. Never here: passwords, sessions, tokens, identities,
/// roles, ownership, export and deletion. Neither is what decides where parcels and money go, the address and the legal
/// person: a token that leaks shall not send them elsewhere.
const MUTATIONS: &[(&str, Need)] = &[
    ("abortAssetUpload", Need::Scope(AccessTokenScope::TenantWrite)),
    ("addDomain", Need::Scope(AccessTokenScope::TenantWrite)),
    ("archivePage", Need::Scope(AccessTokenScope::TenantWrite)),
    ("attachRenditions", Need::Scope(AccessTokenScope::TenantWrite)),
    ("beginAssetUpload", Need::Scope(AccessTokenScope::TenantWrite)),
    ("beginAvatarUpload", Need::Scope(AccessTokenScope::ProfileWrite)),
    ("cancelScheduledPublish", Need::Scope(AccessTokenScope::TenantWrite)),
    ("completeAssetUpload", Need::Scope(AccessTokenScope::TenantWrite)),
    ("completeAvatarUpload", Need::Scope(AccessTokenScope::ProfileWrite)),
    ("createEpisode", Need::Scope(AccessTokenScope::TenantWrite)),
    ("createFaqEntry", Need::Scope(AccessTokenScope::TenantWrite)),
    ("createFranchise", Need::Scope(AccessTokenScope::TenantWrite)),
    ("createHomePage", Need::Scope(AccessTokenScope::TenantWrite)),
    ("createPerson", Need::Scope(AccessTokenScope::TenantWrite)),
    ("createPreviewLink", Need::Scope(AccessTokenScope::TenantWrite)),
    ("createSeries", Need::Scope(AccessTokenScope::TenantWrite)),
    ("createTag", Need::Scope(AccessTokenScope::TenantWrite)),
    ("createTenant", Need::Scope(AccessTokenScope::TenantWrite)),
    ("deleteAsset", Need::Scope(AccessTokenScope::TenantWrite)),
    ("discardDraft", Need::Scope(AccessTokenScope::TenantWrite)),
    ("exportCatalog", Need::Scope(AccessTokenScope::TenantWrite)),
    ("follow", Need::Scope(AccessTokenScope::ProfileWrite)),
    ("importCatalog", Need::Scope(AccessTokenScope::TenantWrite)),
    ("inviteMember", Need::Scope(AccessTokenScope::TenantWrite)),
    ("publish", Need::Scope(AccessTokenScope::TenantWrite)),
    ("removeAvatar", Need::Scope(AccessTokenScope::ProfileWrite)),
    ("removeDomain", Need::Scope(AccessTokenScope::TenantWrite)),
    ("removeMember", Need::Scope(AccessTokenScope::TenantWrite)),
    ("reorderPages", Need::Scope(AccessTokenScope::TenantWrite)),
    ("restorePage", Need::Scope(AccessTokenScope::TenantWrite)),
    ("restoreRevision", Need::Scope(AccessTokenScope::TenantWrite)),
    ("revertRelease", Need::Scope(AccessTokenScope::TenantWrite)),
    ("requestAnnouncement", Need::Scope(AccessTokenScope::TenantWrite)),
    ("revokeInvitation", Need::Scope(AccessTokenScope::TenantWrite)),
    ("schedulePublish", Need::Scope(AccessTokenScope::TenantWrite)),
    ("setTextLimits", Need::Scope(AccessTokenScope::TenantWrite)),
    ("signUploadParts", Need::Scope(AccessTokenScope::TenantWrite)),
    ("unfollow", Need::Scope(AccessTokenScope::ProfileWrite)),
    ("unpublish", Need::Scope(AccessTokenScope::TenantWrite)),
    ("updateEpisode", Need::Scope(AccessTokenScope::TenantWrite)),
    ("updateFaqEntry", Need::Scope(AccessTokenScope::TenantWrite)),
    ("updateFranchise", Need::Scope(AccessTokenScope::TenantWrite)),
    ("updateHomePage", Need::Scope(AccessTokenScope::TenantWrite)),
    ("updatePerson", Need::Scope(AccessTokenScope::TenantWrite)),
    ("updateProfile", Need::Scope(AccessTokenScope::ProfileWrite)),
    ("updateSeries", Need::Scope(AccessTokenScope::TenantWrite)),
    ("updateTenant", Need::Scope(AccessTokenScope::TenantWrite)),
    ("verifyDomain", Need::Scope(AccessTokenScope::TenantWrite)),
    ("withdrawAnnouncement", Need::Scope(AccessTokenScope::TenantWrite)),
];

/// Whether an operation with these fields at its root may be executed for somebody who signed in this way.
///
/// # Errors
/// `FORBIDDEN` when they use an access token, and it may not be used for one of the fields.
pub fn check(user: &SignedIn, kind: OperationType, roots: &BTreeSet<&str>, schema: &Registry) -> Result<()> {
    if !matches!(user.by, SignedInBy::AccessToken { .. }) {
        return Ok(());
    }
    let (root, needs): (_, &[_]) = match kind {
        OperationType::Query => (Some(schema.query_type.as_str()), QUERIES),
        OperationType::Mutation => (schema.mutation_type.as_deref(), MUTATIONS),
        OperationType::Subscription => (schema.subscription_type.as_deref(), &[]),
    };
    let declared = root.and_then(|root| schema.types.get(root)).and_then(|root| root.fields());
    for field in roots {
        // Validation refuses what the schema does not have, in better words. What begins so is introspection.
        if field.starts_with("__") || !declared.is_some_and(|declared| declared.contains_key(*field)) {
            continue;
        }
        match needs.iter().find(|(name, _)| name == field) {
            Some((_, Need::Nothing)) => {}
            Some((_, Need::Scope(scope))) => user.allows(*scope)?,
            None => return Err(Error::Forbidden("access tokens cannot be used for this; sign in")),
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{AccessTokenId, UserId};
    use crate::operation::Prices;
    use crate::schema::{Mutation, Query};

    fn fields(registry: &Registry, root: &str) -> BTreeSet<String> {
        let fields = registry.types.get(root).and_then(|root| root.fields());
        fields.map(|fields| fields.keys().cloned().collect()).unwrap_or_default()
    }

    #[test]
    fn every_name_stands_in_the_schema_and_every_query_is_decided() {
        let prices = Prices::of::<Query, Mutation>();
        let (queries, mutations) = (fields(prices.registry(), "Query"), fields(prices.registry(), "Mutation"));
        let decided: BTreeSet<_> = QUERIES.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(decided, queries, "what may an access token be used for?");
        for (name, _) in MUTATIONS {
            assert!(mutations.contains(*name), "there is no mutation {name}");
        }
    }

    #[test]
    fn acts_that_decide_about_an_account_are_closed_to_access_tokens() {
        let never = [
            "register",
            "login",
            "session",
            "password",
            "token",
            "identity",
            "role",
            "ownership",
            "account",
            "exportmydata",
            "logout",
        ];
        for (name, need) in MUTATIONS {
            assert_ne!(*need, Need::Nothing, "{name} is open to every token");
            let lower = name.to_lowercase();
            assert!(!never.iter().any(|word| lower.contains(word)), "{name} is an act of security");
        }
    }

    #[test]
    fn what_is_not_decided_is_refused() {
        let prices = Prices::of::<Query, Mutation>();
        let user = |by| SignedIn { id: UserId::generate(), by, roles: Vec::new() };
        let all = vec![AccessTokenScope::ProfileWrite, AccessTokenScope::TenantWrite, AccessTokenScope::PlatformRead];
        let token =
            |scopes: &[_]| user(SignedInBy::AccessToken { id: AccessTokenId::generate(), scopes: scopes.to_vec() });
        let code = |user: &SignedIn, kind, roots: &[&'static str]| {
            let checked = check(user, kind, &roots.iter().copied().collect(), prices.registry());
            checked.err().map(|error| error.to_string())
        };
        let cases: [(&[_], _, &[_], _); 7] = [
            (&all, OperationType::Query, &["viewer", "tenants", "__typename"], None),
            (&[], OperationType::Query, &["tenants"], None),
            (&[], OperationType::Query, &["tenants", "viewer"], Some("PROFILE_READ")),
            (&all[1..2], OperationType::Query, &["platformEvents"], Some("PLATFORM_READ")),
            (&all, OperationType::Mutation, &["createAccessToken"], Some("sign in")),
            (&all, OperationType::Mutation, &["register"], Some("sign in")),
            // Validation says what is wrong with it.
            (&[], OperationType::Mutation, &["nonsense", "__typename"], None),
        ];
        for (scopes, kind, roots, expected) in cases {
            let refused = code(&token(scopes), kind, roots);
            assert_eq!(refused.is_some(), expected.is_some(), "{roots:?}");
            assert!(refused.unwrap_or_default().contains(expected.unwrap_or_default()), "{roots:?}");
        }
        assert_eq!(code(&user(SignedInBy::CommandLine), OperationType::Mutation, &["createAccessToken"]), None);
    }
}
