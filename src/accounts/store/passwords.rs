use neo4rs::BoltType;
use serde::Deserialize;

use crate::cypher;
use crate::error::Result;
use crate::events::NewEvent;
use crate::id::CredentialId;
use crate::scope::{Scope, or_null};

/// The viewer's own account, as far as its password goes.
#[derive(Deserialize)]
pub(in crate::accounts) struct OwnPassword {
    pub(in crate::accounts) email: String,
    pub(in crate::accounts) handle: String,
    pub(in crate::accounts) hash: Option<String>,
}

/// An account that a token can set a new password of.
#[derive(Deserialize)]
pub(in crate::accounts) struct Resettable {
    pub(in crate::accounts) email: String,
    pub(in crate::accounts) handle: String,
}

#[derive(Deserialize)]
struct EmailRow {
    email: String,
}

/// The viewer's account with its password, if it has one.
pub(in crate::accounts) async fn own_password(scope: &Scope) -> Result<Option<OwnPassword>> {
    Ok(scope.read::<OwnPassword>(cypher!("accounts/own_password")).await?.pop())
}

/// Gives the viewer another password and ends all other sessions, if `known` is still the hash of the present one.
/// Returns the address of the account.
pub(in crate::accounts) async fn change_password(
    scope: &Scope,
    known: Option<&str>,
    hash: &str,
    event: NewEvent,
) -> Result<Option<String>> {
    let statement = cypher!("accounts/change_password")
        .bind("known", or_null(known))
        .bind("credentialId", CredentialId::generate())
        .bind("hash", hash)
        .bind("event", event);
    Ok(scope.write::<EmailRow>(statement).await?.pop().map(|row| row.email))
}

/// Puts a proof in place with which a new password can be set, and says whether there is an account with the address.
pub(in crate::accounts) async fn request_reset(
    scope: &Scope,
    email: &str,
    proof: BoltType,
    event: NewEvent,
) -> Result<bool> {
    #[derive(Deserialize)]
    struct Row {
        known: bool,
    }
    let statement = cypher!("accounts/request_reset").bind("email", email).bind("proof", proof).bind("event", event);
    Ok(scope.write::<Row>(statement).await?.pop().is_some_and(|row| row.known))
}

/// The account that a token can set a new password of.
pub(in crate::accounts) async fn resettable(scope: &Scope, token_hash: &str) -> Result<Option<Resettable>> {
    let statement = cypher!("accounts/reset_by_token").bind("tokenHash", token_hash);
    Ok(scope.read::<Resettable>(statement).await?.pop())
}

/// Sets a new password by a token and ends all sessions, if the token still holds. Returns the address of the account.
pub(in crate::accounts) async fn reset_password(
    scope: &Scope,
    token_hash: &str,
    hash: &str,
    event: NewEvent,
) -> Result<Option<String>> {
    let statement = cypher!("accounts/reset_password")
        .bind("tokenHash", token_hash)
        .bind("credentialId", CredentialId::generate())
        .bind("hash", hash)
        .bind("event", event);
    Ok(scope.write::<EmailRow>(statement).await?.pop().map(|row| row.email))
}
