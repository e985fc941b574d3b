//! From who somebody is to whose account it is.

use serde_json::json;

use super::{IdentityProviders, Known, Refusal, newcomer};
use crate::accounts::deletion::{BackEvents, kept};
use crate::accounts::letters;
use crate::accounts::proof::{NewProof, ProofKind};
use crate::accounts::session::{NewSession, SessionSettings, Tokens};
use crate::accounts::store::{self, Account, Linked, NewIdentity, NewcomerAccount, Used};
use crate::error::Result;
use crate::events::EventType;
use crate::id::{IdentityId, UserId};
use crate::mutation::{Outcome, Refused, UserErrorCode};
use crate::scope::Scope;

/// The most identities of an account: some for each provider that somebody could want.
pub(super) const MAX_IDENTITIES: u32 = 20;
/// How often it is begun again because somebody else was faster, or a handle was taken.
const MAX_ROUNDS: usize = 8;

/// The account of somebody, which is found, linked or made.
///
/// # Errors
/// When it may be none of that; the refusal is also an event.
pub(in crate::accounts) async fn admitted(
    scope: &Scope,
    providers: &IdentityProviders,
    known: &Known,
) -> Outcome<Used> {
    recorded(scope, &known.provider, found_or_made(scope, providers, known).await).await
}

/// What refuses somebody, and not a mistake of the app or a provider that is down.
const RECORDED: [UserErrorCode; 4] = [
    UserErrorCode::InvalidToken,
    UserErrorCode::EmailMissing,
    UserErrorCode::EmailNotVerified,
    UserErrorCode::NotAllowed,
];

/// The same outcome, after a refusal has become an event.
///
/// # Errors
/// Those of the outcome.
pub(in crate::accounts) async fn recorded<T>(scope: &Scope, provider: &str, outcome: Outcome<T>) -> Outcome<T> {
    if let Err(refused @ Refused::User(errors)) = &outcome
        && errors.first().is_some_and(|error| RECORDED.contains(&error.code))
    {
        let payload = json!({"provider": provider, "code": super::code_of(refused)});
        store::record(scope, scope.event(EventType::SignInFailed).with(&payload)).await?;
    }
    outcome
}

async fn found_or_made(scope: &Scope, providers: &IdentityProviders, known: &Known) -> Outcome<Used> {
    let Known { provider, subject, email, email_verified, .. } = known;
    // The graph's constraints decide who was first; whoever was not looks again.
    for round in 0..MAX_ROUNDS {
        if let Some(used) = store::use_identity(scope, provider, subject, email.as_deref(), *email_verified).await? {
            return Ok(used);
        }
        let email = email.as_deref().ok_or(Refusal::EmailMissing)?;
        let done = match store::account_by_email(scope, email).await? {
            // One of the two sides could be somebody who only says that the address is theirs.
            Some(account) if !account.verified || !email_verified => return Err(Refusal::EmailNotVerified.into()),
            Some(account) => linked(scope, providers, known, email, account).await?,
            None => made(scope, providers, known, email, round).await?,
        };
        if let Some(used) = done {
            return Ok(used);
        }
    }
    Err(Refusal::NoAccount.into())
}

/// Links the identity to the account with the same address, if both still have it confirmed, and tells its owner by mail.
async fn linked(
    scope: &Scope,
    providers: &IdentityProviders,
    known: &Known,
    email: &str,
    account: Account,
) -> Result<Option<Used>> {
    let place = providers.0.mailer.place()?;
    let (user, identity) = (account.user, new_identity(known));
    let payload = json!({"provider": known.provider, "identityId": identity.id});
    let event = scope.event(EventType::IdentityLinked).about(user).by(user).with(&payload);
    let linked = store::link_identity(scope, user, Some(email), MAX_IDENTITIES, &identity, event).await?;
    let Linked::Done(identity, email) = linked else { return Ok(None) };
    place.prepare(letters::identity_linked(&email, providers.display_name(&known.provider)))?.send();
    Ok(Some(Used { user, identity: identity.id }))
}

/// Makes an account, if nobody takes anything of it at the same moment.
async fn made(
    scope: &Scope,
    providers: &IdentityProviders,
    known: &Known,
    email: &str,
    round: usize,
) -> Result<Option<Used>> {
    let (user, identity) = (UserId::generate(), new_identity(known));
    let handle = newcomer::handle(known, round);
    // Whom the provider has not asked for the address is asked by a mail.
    let mailer = &providers.0.mailer;
    let proof = if known.email_verified { None } else { Some(NewProof::begin(scope, ProofKind::Verify)?) };
    let place = proof.as_ref().map(|_| mailer.place()).transpose()?;
    let made = Used { user, identity: identity.id };
    let payload = json!({"provider": known.provider});
    let account = NewcomerAccount {
        id: user,
        email,
        proof: proof.as_ref().map(|proof| proof.properties(scope)),
        handle: &handle,
        display_name: &newcomer::display_name(known, &handle),
        identity,
        event: scope.event(EventType::AccountRegistered).about(user).by(user).with(&payload),
    };
    if !store::register_with_identity(scope, account).await? {
        return Ok(None);
    }
    if let (Some(place), Some(proof)) = (place, proof) {
        place.prepare(letters::welcome(mailer, email, &proof.token))?.send();
    }
    Ok(Some(made))
}

pub(super) fn new_identity(known: &Known) -> NewIdentity<'_> {
    NewIdentity {
        id: IdentityId::generate(),
        provider: &known.provider,
        subject: &known.subject,
        email: known.email.as_deref(),
        email_verified: known.email_verified,
    }
}

/// Begins a session of somebody who has shown an identity.
///
/// # Errors
/// When the account or the identity is gone meanwhile.
pub(in crate::accounts) async fn begin_session(
    scope: &Scope,
    sessions: &SessionSettings,
    providers: &IdentityProviders,
    used: Used,
    provider: &str,
) -> Outcome<Tokens> {
    let session = NewSession::begin(scope, sessions)?;
    let payload = json!({"provider": provider});
    let event = scope.event(EventType::SignedIn).about(used.user).by(used.user).with(&payload);
    let back = BackEvents::of(scope, used.user);
    let signed_in = store::sign_in_with_identity(scope, used, &session, event, back).await?;
    let signed_in = signed_in.ok_or(Refusal::NoAccount)?;
    if signed_in.kept {
        providers.0.mailer.send_or_log(kept(&signed_in.email));
    }
    Ok(session.tokens(scope, sessions, used.user, signed_in.roles)?)
}
