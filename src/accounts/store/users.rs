use std::collections::HashMap;

use neo4rs::BoltType;
use serde::Deserialize;

use crate::accounts::handle::Handle;
use crate::accounts::session::NewSession;
use crate::accounts::types::{User, Viewer};
use crate::cypher;
use crate::error::{Result, no_row};
use crate::events::NewEvent;
use crate::id::{CredentialId, UserId};
use crate::scope::Scope;

/// The account of the viewer, with what only they may see.
pub(in crate::accounts) async fn viewer(scope: &Scope) -> Result<Option<Viewer>> {
    #[derive(Deserialize)]
    struct Row {
        viewer: Viewer,
    }
    Ok(scope.read::<Row>(cypher!("accounts/viewer")).await?.pop().map(|row| row.viewer))
}

#[derive(Deserialize)]
struct UserRow {
    user: User,
}

/// Users by their ids; a key without a user is absent.
pub(in crate::accounts) async fn users_by_ids(scope: &Scope, ids: &[UserId]) -> Result<HashMap<UserId, User>> {
    let ids: Vec<BoltType> = ids.iter().map(|id| (*id).into()).collect();
    let rows = scope.read::<UserRow>(cypher!("accounts/users_by_ids").bind("ids", ids)).await?;
    Ok(rows.into_iter().map(|row| (row.user.id, row.user)).collect())
}

/// The user with a handle.
pub(in crate::accounts) async fn user_by_handle(scope: &Scope, handle: &Handle) -> Result<Option<User>> {
    let statement = cypher!("accounts/user_by_handle").bind("handle", handle.text.as_str());
    Ok(scope.read::<UserRow>(statement).await?.pop().map(|row| row.user))
}

/// An account that is about to be made.
pub(in crate::accounts) struct NewAccount<'a> {
    pub(in crate::accounts) id: UserId,
    pub(in crate::accounts) email: &'a str,
    pub(in crate::accounts) handle: &'a Handle,
    pub(in crate::accounts) display_name: &'a str,
    pub(in crate::accounts) password_hash: &'a str,
    pub(in crate::accounts) verification_hash: &'a str,
    pub(in crate::accounts) session: &'a NewSession,
    pub(in crate::accounts) event: NewEvent,
}

/// What others have already.
#[derive(Debug, Deserialize)]
pub(in crate::accounts) struct Taken {
    pub(in crate::accounts) email: bool,
    pub(in crate::accounts) handle: bool,
}

/// Makes an account, unless its address or its handle is taken; the graph's constraints decide.
pub(in crate::accounts) async fn register(scope: &Scope, account: NewAccount<'_>) -> Result<Result<(), Taken>> {
    #[derive(Deserialize)]
    struct Row {
        #[serde(rename = "user")]
        _user: UserId,
    }
    let statement = cypher!("accounts/register")
        .bind("id", account.id)
        .bind("email", account.email)
        .bind("handle", account.handle.text.as_str())
        .bind("handleSkeleton", account.handle.skeleton.as_str())
        .bind("displayName", account.display_name)
        .bind("credentialId", CredentialId::generate())
        .bind("passwordHash", account.password_hash)
        .bind("verificationHash", account.verification_hash)
        .bind("event", account.event);
    match scope.write::<Row>(account.session.bind(scope, statement)).await {
        Ok(rows) => rows.first().map(|_| Ok(())).ok_or_else(no_row),
        Err(error) if error.is_taken() => {
            let statement = cypher!("accounts/taken")
                .bind("email", account.email)
                .bind("handleSkeleton", account.handle.skeleton.as_str());
            let taken = scope.read::<Taken>(statement).await?.pop();
            Ok(Err(taken.unwrap_or(Taken { email: false, handle: true })))
        }
        Err(error) => Err(error.into()),
    }
}
