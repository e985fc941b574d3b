use serde::Deserialize;

use crate::accounts::deletion::BackEvents;
use crate::accounts::session::NewSession;
use crate::auth::PlatformRole;
use crate::cypher;
use crate::error::Result;
use crate::events::NewEvent;
use crate::id::{CredentialId, UserId};
use crate::scope::{Scope, or_null};

/// The password of an account, as its hash.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::accounts) struct KnownPassword {
    pub(in crate::accounts) user: UserId,
    credential_id: CredentialId,
    pub(in crate::accounts) hash: String,
}

/// The password of the account with an address, if there is one.
pub(in crate::accounts) async fn password_of(scope: &Scope, email: &str) -> Result<Option<KnownPassword>> {
    let statement = cypher!("accounts/password_by_email").bind("email", email);
    Ok(scope.read::<KnownPassword>(statement).await?.pop())
}

/// Somebody who has signed in.
#[derive(Deserialize)]
pub(in crate::accounts) struct SignedInRow {
    pub(in crate::accounts) roles: Vec<PlatformRole>,
    /// Whether the account was to be deleted, and stays.
    pub(in crate::accounts) kept: bool,
}

/// Begins a session, if the password is still the one that was looked at. `rehashed` is the same password, hashed
/// anew; `back` is written if the account was to be deleted.
pub(in crate::accounts) async fn sign_in(
    scope: &Scope,
    known: &KnownPassword,
    session: &NewSession,
    rehashed: Option<&str>,
    event: NewEvent,
    back: BackEvents,
) -> Result<Option<SignedInRow>> {
    let statement = cypher!("accounts/sign_in")
        .bind("credentialId", known.credential_id)
        .bind("hash", known.hash.as_str())
        .bind("rehashed", or_null(rehashed))
        .bind("event", event);
    Ok(scope.write(session.bind(scope, back.bind(statement))).await?.pop())
}

/// Writes down an event that changes nothing else.
pub(in crate::accounts) async fn record(scope: &Scope, event: NewEvent) -> Result<()> {
    #[derive(Deserialize)]
    struct Row {
        #[serde(rename = "id")]
        _id: String,
    }
    scope.write::<Row>(cypher!("events/record").bind("event", event)).await?;
    Ok(())
}
