use chrono::{DateTime, Utc};
use serde::Deserialize;

use super::Used;
use crate::cypher;
use crate::error::{Result, no_row, session_ended};
use crate::graph::map;
use crate::id::{IdentityId, SessionId, UserId};
use crate::scope::{Scope, or_null};

/// A browser that is on its way to a provider: what it has to bring back, as hashes. With a ticket, it is yet to go.
#[derive(Default)]
pub(in crate::accounts) struct Attempt<'a> {
    pub(in crate::accounts) provider: &'a str,
    pub(in crate::accounts) return_to: &'a str,
    pub(in crate::accounts) state_hash: Option<&'a str>,
    pub(in crate::accounts) browser_hash: Option<&'a str>,
    pub(in crate::accounts) challenge: Option<&'a str>,
    pub(in crate::accounts) ticket_hash: Option<&'a str>,
    pub(in crate::accounts) link_to: Option<UserId>,
    pub(in crate::accounts) expires_at: DateTime<Utc>,
}

/// Notes an attempt, unless `most` are open from the address of the request; whether it was noted.
pub(in crate::accounts) async fn begin_attempt(scope: &Scope, attempt: &Attempt<'_>, most: u64) -> Result<bool> {
    #[derive(Deserialize)]
    struct Row {
        #[serde(rename = "provider")]
        _provider: String,
    }
    let address = scope.client().address.to_string();
    let properties = map([
        ("provider", attempt.provider.into()),
        ("returnTo", attempt.return_to.into()),
        ("stateHash", or_null(attempt.state_hash)),
        ("browserHash", or_null(attempt.browser_hash)),
        ("challenge", or_null(attempt.challenge)),
        ("ticketHash", or_null(attempt.ticket_hash)),
        ("linkTo", or_null(attempt.link_to)),
        ("address", address.as_str().into()),
        ("createdAt", scope.now().into()),
        ("expiresAt", attempt.expires_at.into()),
    ]);
    let statement = cypher!("accounts/begin_sign_in_attempt")
        .bind("attempt", properties)
        .bind("address", address)
        .bind("most", i64::try_from(most).unwrap_or(i64::MAX));
    Ok(!scope.write::<Row>(statement).await?.is_empty())
}

/// Turns a ticket into an attempt with a state and a browser; returns where it goes back to.
pub(in crate::accounts) async fn open_link_ticket(
    scope: &Scope,
    ticket_hash: &str,
    attempt: &Attempt<'_>,
) -> Result<Option<String>> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Row {
        return_to: String,
    }
    let statement = cypher!("accounts/open_link_ticket")
        .bind("ticketHash", ticket_hash)
        .bind("provider", attempt.provider)
        .bind("stateHash", attempt.state_hash.unwrap_or_default())
        .bind("browserHash", attempt.browser_hash.unwrap_or_default())
        .bind("expiresAt", attempt.expires_at);
    Ok(scope.write::<Row>(statement).await?.pop().map(|row| row.return_to))
}

/// An attempt that a browser came back from.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::accounts) struct TakenAttempt {
    pub(in crate::accounts) return_to: String,
    pub(in crate::accounts) challenge: Option<String>,
    pub(in crate::accounts) link_to: Option<UserId>,
    /// The session in which the link was begun.
    pub(in crate::accounts) link_from: Option<SessionId>,
}

/// Takes the attempt of a state, once, for the browser that began it.
pub(in crate::accounts) async fn take_attempt(
    scope: &Scope,
    provider: &str,
    state_hash: &str,
    browser_hash: &str,
) -> Result<Option<TakenAttempt>> {
    let statement = cypher!("accounts/take_sign_in_attempt")
        .bind("provider", provider)
        .bind("stateHash", state_hash)
        .bind("browserHash", browser_hash);
    Ok(scope.write::<TakenAttempt>(statement).await?.pop())
}

/// Removes what expired before a moment, at most so many of each kind.
pub(in crate::accounts) async fn sweep_sign_ins(scope: &Scope, before: DateTime<Utc>, most: u32) -> Result<i64> {
    #[derive(Deserialize)]
    struct Row {
        removed: i64,
    }
    let statement = cypher!("accounts/sweep_sign_ins").bind("before", before).bind("most", most);
    Ok(scope.write::<Row>(statement).await?.pop().map_or(0, |row| row.removed))
}

#[derive(Deserialize)]
struct CodeRow {
    #[serde(rename = "user")]
    _user: UserId,
}

/// Keeps a login code, by its hash.
pub(in crate::accounts) async fn create_login_code(
    scope: &Scope,
    hash: &str,
    used: Used,
    provider: &str,
    challenge: Option<&str>,
    expires_at: DateTime<Utc>,
) -> Result<()> {
    let code = map([
        ("hash", hash.into()),
        ("userId", used.user.into()),
        ("identityId", used.identity.into()),
        ("provider", provider.into()),
        ("challenge", or_null(challenge)),
        ("createdAt", scope.now().into()),
        ("expiresAt", expires_at.into()),
    ]);
    let rows = scope.write::<CodeRow>(cypher!("accounts/create_login_code").bind("code", code)).await?;
    rows.first().map(drop).ok_or_else(no_row)
}

/// Whom a login code is for.
#[derive(Debug, Deserialize)]
pub(in crate::accounts) struct LoginCode {
    pub(in crate::accounts) user: UserId,
    pub(in crate::accounts) identity: IdentityId,
    pub(in crate::accounts) provider: String,
}

/// Takes a login code, once, for whoever has the secret of the challenge.
pub(in crate::accounts) async fn take_login_code(
    scope: &Scope,
    hash: &str,
    challenge: &str,
) -> Result<Option<LoginCode>> {
    let statement = cypher!("accounts/take_login_code").bind("hash", hash).bind("challenge", challenge);
    Ok(scope.write::<LoginCode>(statement).await?.pop())
}

/// An identity that its user is about to link.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::accounts) struct LinkCode {
    pub(in crate::accounts) provider: String,
    pub(in crate::accounts) subject: String,
    pub(in crate::accounts) email: Option<String>,
    pub(in crate::accounts) email_verified: bool,
}

/// Keeps a link code of a user, by its hash, if the session in which they began has not ended.
pub(in crate::accounts) async fn create_link_code(
    scope: &Scope,
    hash: &str,
    (user, session): (UserId, Option<SessionId>),
    identity: &LinkCode,
    expires_at: DateTime<Utc>,
) -> Result<()> {
    let code = map([
        ("hash", hash.into()),
        ("userId", user.into()),
        ("sessionId", or_null(session)),
        ("provider", identity.provider.as_str().into()),
        ("subject", identity.subject.as_str().into()),
        ("email", or_null(identity.email.as_deref())),
        ("emailVerified", identity.email_verified.into()),
        ("createdAt", scope.now().into()),
        ("expiresAt", expires_at.into()),
    ]);
    let rows = scope.write::<CodeRow>(cypher!("accounts/create_link_code").bind("code", code)).await?;
    rows.first().map(drop).ok_or_else(session_ended)
}

/// Takes a link code of the viewer, once.
pub(in crate::accounts) async fn take_link_code(scope: &Scope, hash: &str) -> Result<Option<LinkCode>> {
    let statement = cypher!("accounts/take_link_code").bind("hash", hash);
    Ok(scope.write::<LinkCode>(statement).await?.pop())
}
