//! A signed-in user adds an identity to their account.

use chrono::TimeDelta;
use serde_json::json;

use super::admission::{MAX_IDENTITIES, new_identity};
use super::{IdentityProviders, Known, unknown};
use crate::accounts::letters;
use crate::accounts::store::{self, Attempt, Linked};
use crate::accounts::types::Identity;
use crate::auth::{Opaque, hash_of};
use crate::error::{Error, session_ended};
use crate::events::EventType;
use crate::mutation::{Outcome, UserError, UserErrorCode};
use crate::scope::Scope;

use super::browser::TOO_MANY_WAIT;

/// How long the address that begins a link can be opened, in seconds.
const TICKET_SECONDS: i64 = 300;

/// What a user wants to link, and where their browser comes back to.
pub(in crate::accounts) struct NewLink<'a> {
    pub(in crate::accounts) provider: &'a str,
    pub(in crate::accounts) return_to: &'a str,
}

/// Begins to link an identity of the viewer; returns the address that their browser opens.
///
/// # Errors
/// When there is no such provider, the page is not one to come back to, or too many are on their way.
pub(in crate::accounts) async fn open_link(
    scope: &Scope,
    providers: &IdentityProviders,
    link: NewLink<'_>,
) -> Outcome<String> {
    let user = scope.viewer().signed_in()?.id;
    let provider = providers.0.provider(link.provider).ok_or_else(|| unknown("input.provider"))?;
    if !providers.may_return_to(link.return_to) {
        let message = "this is no page of this platform";
        return Err(UserError::of("input.returnTo", UserErrorCode::Invalid, message).into());
    }
    let ticket = Opaque::generate()?;
    let attempt = Attempt {
        provider: &provider.config.name,
        return_to: link.return_to,
        ticket_hash: Some(&ticket.hash()),
        link_to: Some(user),
        expires_at: scope.now() + TimeDelta::seconds(TICKET_SECONDS),
        ..Attempt::default()
    };
    if !store::begin_attempt(scope, &attempt, providers.0.max_open).await? {
        return Err(Error::RateLimited("too many sign-ins are open", TOO_MANY_WAIT).into());
    }
    Ok(format!("{}?ticket={}", providers.start_url(&provider.config.name), ticket.expose()))
}

/// The identity that a browser of the viewer has shown.
///
/// # Errors
/// When the code was never given out to the viewer, has been used, or is too old.
pub(in crate::accounts) async fn take_link(scope: &Scope, code: &str) -> Outcome<Known> {
    scope.viewer().signed_in()?;
    let message = "the code was never given out to you, has been used, or is too old";
    let taken = store::take_link_code(scope, &hash_of(code)).await?;
    let taken = taken.ok_or_else(|| UserError::of("input.code", UserErrorCode::InvalidToken, message))?;
    Ok(Known {
        provider: taken.provider,
        subject: taken.subject,
        email: taken.email,
        email_verified: taken.email_verified,
        name: None,
        preferred_username: None,
    })
}

/// Adds an identity to the account of the viewer, and tells them by mail.
///
/// # Errors
/// When it is somebody else's, the account has too many, or the session has ended.
pub(in crate::accounts) async fn link(
    scope: &Scope,
    providers: &IdentityProviders,
    known: &Known,
) -> Outcome<Identity> {
    let user = scope.viewer().signed_in()?.id;
    let place = providers.0.mailer.place()?;
    let identity = new_identity(known);
    let payload = json!({"provider": known.provider, "identityId": identity.id});
    let event = scope.event(EventType::IdentityLinked).about(user).with(&payload);
    match store::link_identity(scope, user, None, MAX_IDENTITIES, &identity, event).await? {
        Linked::Done(identity, email) => {
            place.prepare(letters::identity_linked(&email, providers.display_name(&known.provider)))?.send();
            return Ok(identity);
        }
        Linked::TooMany => {
            let message = format!("an account has at most {MAX_IDENTITIES} identities");
            return Err(UserError::general(UserErrorCode::LimitReached, message).into());
        }
        Linked::Gone => return Err(session_ended().into()),
        Linked::Taken => {}
    }
    match store::identity_of(scope, &known.provider, &known.subject).await? {
        // It is linked already, so what was wanted is there.
        Some((owner, identity)) if owner == user => Ok(identity),
        _ => Err(UserError::general(UserErrorCode::Taken, "this identity belongs to another account").into()),
    }
}
