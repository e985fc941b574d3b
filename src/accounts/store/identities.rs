use std::collections::HashMap;

use neo4rs::BoltType;
use serde::Deserialize;

use crate::accounts::deletion::BackEvents;
use crate::accounts::handle::Handle;
use crate::accounts::session::NewSession;
use crate::accounts::types::Identity;
use crate::auth::PlatformRole;
use crate::cypher;
use crate::error::{Result, no_row};
use crate::events::NewEvent;
use crate::graph::map;
use crate::id::{IdentityId, UserId};
use crate::scope::{Scope, or_null};

/// An identity that is about to be written.
pub(in crate::accounts) struct NewIdentity<'a> {
    pub(in crate::accounts) id: IdentityId,
    pub(in crate::accounts) provider: &'a str,
    pub(in crate::accounts) subject: &'a str,
    pub(in crate::accounts) email: Option<&'a str>,
    pub(in crate::accounts) email_verified: bool,
}

impl NewIdentity<'_> {
    fn properties(&self, scope: &Scope) -> BoltType {
        map([
            ("id", self.id.into()),
            ("provider", self.provider.into()),
            ("subject", self.subject.into()),
            ("email", or_null(self.email)),
            ("emailVerified", self.email_verified.into()),
            ("createdAt", scope.now().into()),
            ("lastUsedAt", scope.now().into()),
        ])
    }
}

/// An account with the identity that was shown.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(in crate::accounts) struct Used {
    pub(in crate::accounts) user: UserId,
    pub(in crate::accounts) identity: IdentityId,
}

/// The account of an identity, if it has one; notes what the provider says of it now.
pub(in crate::accounts) async fn use_identity(
    scope: &Scope,
    provider: &str,
    subject: &str,
    email: Option<&str>,
    email_verified: bool,
) -> Result<Option<Used>> {
    let statement = cypher!("accounts/use_identity")
        .bind("provider", provider)
        .bind("subject", subject)
        .bind("email", or_null(email))
        .bind("emailVerified", email_verified);
    Ok(scope.write::<Used>(statement).await?.pop())
}

/// The account with an address.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(in crate::accounts) struct Account {
    pub(in crate::accounts) user: UserId,
    /// Whether its owner has confirmed the address.
    pub(in crate::accounts) verified: bool,
}

/// The account with an address, if there is one.
pub(in crate::accounts) async fn account_by_email(scope: &Scope, email: &str) -> Result<Option<Account>> {
    Ok(scope.read::<Account>(cypher!("accounts/account_by_email").bind("email", email)).await?.pop())
}

/// What came of linking an identity.
pub(in crate::accounts) enum Linked {
    /// The account has it, and mails go to this address.
    Done(Identity, String),
    /// The account has as many as may be.
    TooMany,
    /// Somebody has the identity already.
    Taken,
    /// The account cannot take it any more, or the session has ended.
    Gone,
}

/// Adds an identity to an account. With `confirmed_email`, only while the account has that address and has confirmed
/// it; otherwise only while the session of the viewer has not ended.
pub(in crate::accounts) async fn link_identity(
    scope: &Scope,
    user: UserId,
    confirmed_email: Option<&str>,
    most: u32,
    identity: &NewIdentity<'_>,
    event: NewEvent,
) -> Result<Linked> {
    #[derive(Deserialize)]
    struct Row {
        fits: bool,
        email: String,
        identity: Identity,
    }
    let statement = cypher!("accounts/link_identity")
        .bind("userId", user)
        .bind("confirmedEmail", or_null(confirmed_email))
        .bind("most", most)
        .bind("identity", identity.properties(scope))
        .bind("event", event);
    match scope.write::<Row>(statement).await {
        Ok(mut rows) => Ok(match rows.pop() {
            Some(Row { fits: true, email, identity }) => Linked::Done(identity, email),
            Some(_) => Linked::TooMany,
            None => Linked::Gone,
        }),
        Err(error) if error.is_taken() => Ok(Linked::Taken),
        Err(error) => Err(error.into()),
    }
}

/// Whose an identity is.
pub(in crate::accounts) async fn identity_of(
    scope: &Scope,
    provider: &str,
    subject: &str,
) -> Result<Option<(UserId, Identity)>> {
    #[derive(Deserialize)]
    struct Row {
        user: UserId,
        identity: Identity,
    }
    let statement = cypher!("accounts/identity_of").bind("provider", provider).bind("subject", subject);
    Ok(scope.read::<Row>(statement).await?.pop().map(|row| (row.user, row.identity)))
}

/// An account that is about to be made for an identity.
pub(in crate::accounts) struct NewcomerAccount<'a> {
    pub(in crate::accounts) id: UserId,
    pub(in crate::accounts) email: &'a str,
    /// What verifies the address later; none where it is verified.
    pub(in crate::accounts) proof: Option<BoltType>,
    pub(in crate::accounts) handle: &'a Handle,
    pub(in crate::accounts) display_name: &'a str,
    pub(in crate::accounts) identity: NewIdentity<'a>,
    pub(in crate::accounts) event: NewEvent,
}

/// Makes an account for an identity; whether nothing of it was taken.
pub(in crate::accounts) async fn register_with_identity(scope: &Scope, account: NewcomerAccount<'_>) -> Result<bool> {
    #[derive(Deserialize)]
    struct Row {
        #[serde(rename = "user")]
        _user: UserId,
    }
    let confirmed = account.proof.is_none();
    let statement = cypher!("accounts/register_with_identity")
        .bind("id", account.id)
        .bind("email", account.email)
        .bind("emailVerifiedAt", or_null(confirmed.then(|| scope.now())))
        .bind("proof", or_null(account.proof))
        .bind("handle", account.handle.text.as_str())
        .bind("handleSkeleton", account.handle.skeleton.as_str())
        .bind("displayName", account.display_name)
        .bind("identity", account.identity.properties(scope))
        .bind("event", account.event);
    match scope.write::<Row>(statement).await {
        Ok(rows) => rows.first().map(|_| true).ok_or_else(no_row),
        Err(error) if error.is_taken() => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Somebody who has signed in with an identity.
#[derive(Deserialize)]
pub(in crate::accounts) struct SignedInWithIdentity {
    /// Their roles on the platform.
    pub(in crate::accounts) roles: Vec<PlatformRole>,
    /// Whether the account was to be deleted, and stays.
    pub(in crate::accounts) kept: bool,
    /// Where mails go to.
    pub(in crate::accounts) email: String,
}

/// Begins a session, if the account still has the identity. `back` is written where that keeps the account from
/// being deleted.
pub(in crate::accounts) async fn sign_in_with_identity(
    scope: &Scope,
    used: Used,
    session: &NewSession,
    event: NewEvent,
    back: BackEvents,
) -> Result<Option<SignedInWithIdentity>> {
    let statement = cypher!("accounts/sign_in_with_identity")
        .bind("userId", used.user)
        .bind("identityId", used.identity)
        .bind("event", event);
    Ok(scope.write(session.bind(scope, back.bind(statement))).await?.pop())
}

/// The identities of users; a user without any is absent.
pub(in crate::accounts) async fn identities_by_users(
    scope: &Scope,
    ids: &[UserId],
) -> Result<HashMap<UserId, Vec<Identity>>> {
    #[derive(Deserialize)]
    struct Row {
        user: UserId,
        identities: Vec<Identity>,
    }
    let ids: Vec<BoltType> = ids.iter().map(|id| (*id).into()).collect();
    let rows = scope.read::<Row>(cypher!("accounts/identities_by_users").bind("ids", ids)).await?;
    Ok(rows.into_iter().map(|row| (row.user, row.identities)).collect())
}

/// Removes an identity of the viewer. `None` if they have no such identity, `false` if it is their last way in.
pub(in crate::accounts) async fn unlink_identity(
    scope: &Scope,
    id: IdentityId,
    event: NewEvent,
) -> Result<Option<bool>> {
    #[derive(Deserialize)]
    struct Row {
        removed: bool,
    }
    let statement = cypher!("accounts/unlink_identity").bind("id", id).bind("event", event);
    Ok(scope.write::<Row>(statement).await?.pop().map(|row| row.removed))
}
