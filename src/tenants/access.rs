//! Who may give which role to whom.

use std::collections::HashMap;

use async_graphql::resolver_utils::enum_value;
use neo4rs::BoltType;
use serde_json::{Value, json};

use crate::auth::Viewer;
use crate::error::Error;
use crate::mutation::{UserError, UserErrorCode};
use crate::scope::TenantRole;

const ROLES: [TenantRole; 5] =
    [TenantRole::Owner, TenantRole::Admin, TenantRole::Editor, TenantRole::Analyst, TenantRole::Member];

/// The roles that a member of this role gives to others, and takes from them: owners all of them, admins those below
/// their own, everybody else none.
fn grants(role: TenantRole) -> impl Iterator<Item = TenantRole> {
    let grants = move |other: &TenantRole| match role {
        TenantRole::Owner => true,
        TenantRole::Admin => *other < TenantRole::Admin,
        TenantRole::Editor | TenantRole::Analyst | TenantRole::Member => false,
    };
    ROLES.into_iter().filter(grants)
}

/// As [`grants`], for whoever asks: a program with an access token makes and unmakes no owners, whoever it belongs to,
/// because a tenant could not be had back from who got hold of the token.
fn grants_to(viewer: &Viewer, role: TenantRole) -> impl Iterator<Item = TenantRole> {
    let unmakes = may_unmake(viewer, TenantRole::Owner);
    grants(role).filter(move |other| unmakes || *other != TenantRole::Owner)
}

/// Whether somebody's own role may be given up by whoever asks in their name.
pub(super) fn may_unmake(viewer: &Viewer, role: TenantRole) -> bool {
    role != TenantRole::Owner || viewer.signed_in().is_ok_and(|user| user.access_token().is_none())
}

/// Whether a viewer who is a member of the one role may give the other.
pub(super) fn may_grant(viewer: &Viewer, role: TenantRole, other: TenantRole) -> bool {
    grants_to(viewer, role).any(|granted| granted == other)
}

/// What somebody reads who may not.
pub(super) const REFUSAL: Error =
    Error::Forbidden("owners decide about all roles, admins about those below their own, others about none");

/// What a program with an access token reads that would make somebody an admin or an owner, or remove one.
pub(super) const NEEDS_SESSION: Error =
    Error::Forbidden("access tokens cannot be used to make or remove admins and owners; sign in");

/// The roles that are at least this one, for statements.
pub(crate) fn at_least(role: TenantRole) -> Vec<BoltType> {
    ROLES.into_iter().filter(|other| *other >= role).map(|other| name(other).into()).collect()
}

/// What a viewer may grant, for statements, which read the viewer's role when they have locked the tenant.
pub(super) fn grants_by_role(viewer: &Viewer) -> BoltType {
    by_role(|role| grants_to(viewer, role).map(|granted| BoltType::from(name(granted))).collect::<Vec<_>>())
}

/// The payloads of an event, by a role that only the statement knows.
pub(super) fn payloads(payload: impl Fn(&str) -> Value) -> BoltType {
    by_role(|role| payload(&name(role)).to_string())
}

fn by_role<V: Into<BoltType>>(value: impl Fn(TenantRole) -> V) -> BoltType {
    ROLES.into_iter().map(|role| (name(role), value(role).into())).collect::<HashMap<String, BoltType>>().into()
}

/// A role as it stands in the graph.
pub(super) fn name(role: TenantRole) -> String {
    enum_value(role).to_string()
}

/// What everybody reads who names a tenant that is not there, or that they may not see.
pub(crate) fn no_tenant() -> Error {
    Error::NotFound("there is no such tenant".to_owned())
}

/// The user error of an account whose address is not confirmed.
pub(super) fn unverified() -> UserError {
    UserError::general(UserErrorCode::NotAllowed, "confirm your email address first")
}

/// The payload of an event about a role.
pub(super) fn role_payload(role: TenantRole) -> Value {
    json!({"role": name(role)})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_gives_more_than_they_have() {
        for role in ROLES {
            assert!(grants(role).all(|granted| granted < role || role == TenantRole::Owner), "{role:?}");
        }
        assert_eq!(grants(TenantRole::Owner).count(), 5);
        assert_eq!(grants(TenantRole::Admin).count(), 3);
        assert_eq!(grants(TenantRole::Editor).count(), 0);
    }
}
