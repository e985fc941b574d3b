use serde::Deserialize;

use crate::accounts::handle::Handle;
use crate::auth::PlatformRole;
use crate::cypher;
use crate::error::{Error, Result, session_ended};
use crate::events::NewEvent;
use crate::id::UserId;
use crate::scope::Scope;

/// Somebody who has roles on the platform, or had some.
pub(in crate::accounts) struct RoleHolderRow {
    pub(in crate::accounts) user: UserId,
    pub(in crate::accounts) roles: Vec<PlatformRole>,
}

/// What came of taking a role away.
pub(in crate::accounts) enum Revoked {
    /// The user does not have it any more.
    Done(RoleHolderRow),
    /// Nobody else has it, so it was left.
    IsLast,
    /// There is no such user.
    Unknown,
}

/// Gives a user a role; nothing if there is no such user.
///
/// # Errors
/// `UNAUTHENTICATED` when the viewer has signed out, or is no operator any more, meanwhile.
pub(in crate::accounts) async fn grant_platform_role(
    scope: &Scope,
    handle: &Handle,
    role: PlatformRole,
    event: NewEvent,
) -> Result<Option<RoleHolderRow>> {
    #[derive(Deserialize)]
    struct Row {
        user: UserId,
        roles: Vec<PlatformRole>,
        allowed: bool,
    }
    let statement = cypher!("accounts/grant_platform_role")
        .bind("handle", handle.text.as_str())
        .bind("role", role.name())
        .bind("event", event);
    match scope.write::<Row>(statement).await?.pop() {
        None => Ok(None),
        Some(Row { allowed: false, .. }) => Err(session_ended()),
        Some(Row { user, roles, .. }) => Ok(Some(RoleHolderRow { user, roles })),
    }
}

/// Takes a role from a user. With `keeps_one`, the last who has it keeps it.
pub(in crate::accounts) async fn revoke_platform_role(
    scope: &Scope,
    handle: &Handle,
    role: PlatformRole,
    keeps_one: bool,
    event: NewEvent,
) -> Result<Revoked> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Row {
        user: UserId,
        roles: Vec<PlatformRole>,
        is_last: bool,
        allowed: bool,
    }
    let statement = cypher!("accounts/revoke_platform_role")
        .bind("handle", handle.text.as_str())
        .bind("role", role.name())
        .bind("keepsOne", keeps_one)
        .bind("event", event);
    Ok(match scope.write::<Row>(statement).await?.pop() {
        None => Revoked::Unknown,
        Some(Row { allowed: false, .. }) => return Err(lost()),
        Some(Row { is_last: true, .. }) => Revoked::IsLast,
        Some(Row { user, roles, .. }) => Revoked::Done(RoleHolderRow { user, roles }),
    })
}

/// Who has roles, by their handles.
pub(in crate::accounts) async fn platform_roles(scope: &Scope) -> Result<Vec<(String, Vec<PlatformRole>)>> {
    #[derive(Deserialize)]
    struct Row {
        handle: String,
        roles: Vec<PlatformRole>,
    }
    let rows = scope.read::<Row>(cypher!("accounts/platform_roles")).await?;
    Ok(rows.into_iter().map(|row| (row.handle, row.roles)).collect())
}

/// What somebody is told who was an operator when the request came, and is none any more.
fn lost() -> Error {
    Error::Forbidden("only operators of the platform may do this, while they are signed in")
}
