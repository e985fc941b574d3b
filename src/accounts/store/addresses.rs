use neo4rs::BoltType;
use serde::Deserialize;

use crate::cypher;
use crate::error::{Result, session_ended};
use crate::events::NewEvent;
use crate::id::UserId;
use crate::scope::Scope;

/// What a token has done to an address.
pub(in crate::accounts) enum Verified {
    /// The address of the account is verified.
    Own,
    /// The account has another address now, and this was the former one.
    Changed(String),
    /// Somebody else has the address.
    Taken,
}

/// Puts a proof in place with which the viewer's address can be verified, and returns the address; nothing if it is
/// verified already.
pub(in crate::accounts) async fn request_verification(scope: &Scope, proof: BoltType) -> Result<Option<String>> {
    #[derive(Deserialize)]
    struct Row {
        email: String,
    }
    let statement = cypher!("accounts/request_verification").bind("proof", proof);
    Ok(scope.write::<Row>(statement).await?.pop().map(|row| row.email))
}

/// Puts a proof in place with which the viewer's account gets another address.
///
/// # Errors
/// `UNAUTHENTICATED` when the session has ended meanwhile.
pub(in crate::accounts) async fn request_change_of_email(
    scope: &Scope,
    email: &str,
    proof: BoltType,
    event: NewEvent,
) -> Result<()> {
    #[derive(Deserialize)]
    struct Row {
        #[serde(rename = "user")]
        _user: UserId,
    }
    let statement =
        cypher!("accounts/request_change_of_email").bind("email", email).bind("proof", proof).bind("event", event);
    scope.write::<Row>(statement).await?.first().map(drop).ok_or_else(session_ended)
}

/// Verifies an address by a token; nothing if the token does not hold.
pub(in crate::accounts) async fn verify_email(
    scope: &Scope,
    token_hash: &str,
    verified: NewEvent,
    changed: NewEvent,
) -> Result<Option<Verified>> {
    #[derive(Deserialize)]
    struct Row {
        kind: String,
        former: String,
    }
    let statement = cypher!("accounts/verify_email")
        .bind("tokenHash", token_hash)
        .bind("verified", verified)
        .bind("changed", changed);
    match scope.write::<Row>(statement).await {
        Ok(mut rows) => Ok(rows.pop().map(|row| match row.kind.as_str() {
            "CHANGE" => Verified::Changed(row.former),
            _ => Verified::Own,
        })),
        Err(error) if error.is_taken() => Ok(Some(Verified::Taken)),
        Err(error) => Err(error.into()),
    }
}
