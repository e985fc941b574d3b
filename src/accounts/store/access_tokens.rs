use neo4rs::BoltType;
use serde::Deserialize;

use crate::accounts::types::AccessToken;
use crate::cypher;
use crate::error::{Result, session_ended};
use crate::events::NewEvent;
use crate::graph::map;
use crate::id::AccessTokenId;
use crate::pagination::Page;
use crate::scope::{Scope, or_null};

/// An access token that is about to be made.
pub(in crate::accounts) struct WantedToken<'a> {
    pub(in crate::accounts) access_token: &'a AccessToken,
    pub(in crate::accounts) hash: String,
    /// The hash of the client's own id of the call.
    pub(in crate::accounts) request_hash: Option<String>,
    pub(in crate::accounts) event: NewEvent,
    /// The most tokens that the user may have.
    pub(in crate::accounts) most: i64,
}

/// What came of an access token that was wanted.
#[derive(Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(in crate::accounts) enum MadeToken {
    /// It is there.
    Made,
    /// The same call has made one before, which is in use or differs.
    Known,
    /// The user has as many as may be.
    TooMany,
}

/// Makes an access token of the viewer.
///
/// # Errors
/// `UNAUTHENTICATED` when the session has ended meanwhile.
pub(in crate::accounts) async fn create_access_token(scope: &Scope, wanted: WantedToken<'_>) -> Result<MadeToken> {
    #[derive(Deserialize)]
    struct Row {
        outcome: MadeToken,
    }
    let AccessToken { id, name, scopes, created_at, expires_at, .. } = wanted.access_token;
    let scopes: Vec<BoltType> = scopes.iter().map(|scope| scope.name().into()).collect();
    let token = map([
        ("id", (*id).into()),
        ("name", name.as_str().into()),
        ("hash", wanted.hash.into()),
        ("scopes", scopes.into()),
        ("createdAt", created_at.0.into()),
        ("expiresAt", expires_at.0.into()),
        ("requestHash", or_null(wanted.request_hash.as_deref())),
    ]);
    let statement = cypher!("accounts/create_access_token")
        .bind("token", token)
        .bind("event", wanted.event)
        .bind("most", wanted.most);
    Ok(scope.write::<Row>(statement).await?.pop().ok_or_else(session_ended)?.outcome)
}

/// Ends an access token of the viewer; false if there is none.
pub(in crate::accounts) async fn revoke_access_token(
    scope: &Scope,
    id: AccessTokenId,
    event: NewEvent,
) -> Result<bool> {
    #[derive(Deserialize)]
    struct Row {
        #[serde(rename = "id")]
        _id: AccessTokenId,
    }
    let statement = cypher!("accounts/revoke_access_token").bind("id", id).bind("event", event);
    Ok(!scope.write::<Row>(statement).await?.is_empty())
}

/// A page of the viewer's access tokens.
pub(in crate::accounts) async fn access_tokens(scope: &Scope, page: &Page) -> Result<Vec<AccessToken>> {
    #[derive(Deserialize)]
    struct Row {
        items: Vec<AccessToken>,
    }
    let statement = cypher!("accounts/access_tokens")
        .bind("lower", page.lower())
        .bind("upper", page.upper())
        .bind("limit", page.limit())
        .bind("backward", page.backward);
    Ok(scope.read::<Row>(statement).await?.pop().map(|row| row.items).unwrap_or_default())
}
