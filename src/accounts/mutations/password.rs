use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use async_graphql::{Context, InputObject, Object};
use tokio::sync::Mutex;
use tokio::time::{Duration, Instant, sleep_until};

use super::confirmed_password;
use crate::accounts::proof::{NewProof, ProofKind};
use crate::accounts::types::Viewer;
use crate::accounts::{Passwords, email, letters, store};
use crate::attempts::{Act, attempts};
use crate::auth::hash_of;
use crate::error::{Result, session_ended};
use crate::events::EventType;
use crate::mail::Mailer;
use crate::mutation::{Outcome, UserError, UserErrorCode};
use crate::payload;
use crate::scope::Scope;

/// How many requests for a mail to set a new password are worked on at once.
const RESETS_AT_ONCE: usize = 64;
/// The turns of those requests, by the mailbox.
static RESETS: [Mutex<()>; RESETS_AT_ONCE] = [const { Mutex::const_new(()) }; RESETS_AT_ONCE];

/// Requests for such a mail are answered so long after they came, or a multiple of it: an account takes some milliseconds
/// more than none.
const ANSWERED_EVERY: Duration = Duration::from_millis(250);

/// Another password for the viewer.
#[derive(InputObject)]
struct ChangePasswordInput {
    /// The password of now; null only for an account that has none.
    current_password: Option<String>,
    /// At least ten characters, and none of the passwords that everybody has.
    new_password: String,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

/// Who has forgotten their password.
#[derive(InputObject)]
struct RequestPasswordResetInput {
    /// The address of the account.
    email: String,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

/// A new password in place of a forgotten one.
#[derive(InputObject)]
struct ResetPasswordInput {
    /// The token of the mail.
    token: String,
    /// At least ten characters, and none of the passwords that everybody has.
    new_password: String,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `changePassword`.
    ChangePasswordPayload {
        /// The user whose password it is.
        viewer: Viewer
    }
}

payload! {
    /// The answer to `requestPasswordReset`.
    RequestPasswordResetPayload {
        /// Always true. Whether there is an account with the address, only its mailbox tells.
        requested: bool
    }
}

payload! {
    /// The answer to `resetPassword`.
    ResetPasswordPayload {
        /// True once the new password is the only one.
        reset: bool
    }
}

#[derive(Default)]
pub(super) struct PasswordMutations;

#[Object]
impl PasswordMutations {
    /// Gives the viewer another password. All of their other sessions and all access tokens end, and a mail tells them of it.
    async fn change_password(&self, ctx: &Context<'_>, input: ChangePasswordInput) -> Result<ChangePasswordPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        ChangePasswordPayload::of(change(ctx, input).await, client_mutation_id)
    }

    /// Sends a mail with a link to choose a new password. Whether there is an account with the address is not told.
    async fn request_password_reset(
        &self,
        ctx: &Context<'_>,
        input: RequestPasswordResetInput,
    ) -> Result<RequestPasswordResetPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        RequestPasswordResetPayload::of(request_reset(ctx, &input.email).await, client_mutation_id)
    }

    /// Sets a new password with the token of a mail. All sessions and access tokens of the account end, and its address is
    /// verified. Identities with another address that were linked since it was first verified are removed.
    async fn reset_password(&self, ctx: &Context<'_>, input: ResetPasswordInput) -> Result<ResetPasswordPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        ResetPasswordPayload::of(reset(ctx, input).await, client_mutation_id)
    }
}

async fn change(ctx: &Context<'_>, input: ChangePasswordInput) -> Outcome<Viewer> {
    let (scope, passwords) = (ctx.data_unchecked::<Scope>(), ctx.data_unchecked::<Passwords>());
    let field = "input.currentPassword";
    let own = confirmed_password(ctx, field, input.current_password.as_deref()).await?;
    passwords.check("input.newPassword", &input.new_password, &[&own.handle, email::user_part(&own.email)])?;
    let place = ctx.data_unchecked::<Mailer>().place()?;
    let hash = passwords.hash(&input.new_password).await?;
    let event = scope.event(EventType::PasswordChanged);
    let event = event.about(scope.viewer().signed_in()?.id);
    let changed = store::change_password(scope, own.hash.as_deref(), &hash, event).await?;
    let address = changed.ok_or_else(|| {
        UserError::of(
            field,
            UserErrorCode::WrongCredentials,
            "the password was changed meanwhile, or the session has ended",
        )
    })?;
    place.prepare(letters::password_changed(&address))?.send();
    Ok(store::viewer(scope).await?.ok_or_else(session_ended)?)
}

async fn request_reset(ctx: &Context<'_>, address: &str) -> Outcome<bool> {
    let came = Instant::now();
    let (scope, mailer) = (ctx.data_unchecked::<Scope>(), ctx.data_unchecked::<Mailer>());
    // An address that is none belongs to no account, and is answered in the same way.
    let address = email::normalised("input.email", address).unwrap_or_else(|_| email::NOBODYS.to_owned());
    attempts(ctx).take(Act::RequestReset, Some(&address))?;
    // All work is done whether there is an account or not: the token, its hash, the mail, a place for it.
    let proof = NewProof::begin(scope, ProofKind::Reset)?;
    let mail = mailer.place()?.prepare(letters::password_reset(mailer, &address, &proof.token))?;
    let event = scope.event(EventType::PasswordResetRequested).by_nobody();
    // The statement takes the lock of an account, if there is one: of several requests at once, those for nobody wait for
    // one another, too.
    let turn = turn_of(&address).lock().await;
    if store::request_reset(scope, &address, proof.properties(scope), event).await? {
        mail.send();
    }
    drop(turn);
    let periods = came.elapsed().as_millis() / ANSWERED_EVERY.as_millis() + 1;
    sleep_until(came + ANSWERED_EVERY * u32::try_from(periods).unwrap_or(1)).await;
    Ok(true)
}

/// Whose turn it is to ask for a mail to a mailbox, or to another one that shares its place.
fn turn_of(mailbox: &str) -> &'static Mutex<()> {
    let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(mailbox);
    let place = hash % u64::try_from(RESETS.len()).unwrap_or(1);
    &RESETS[usize::try_from(place).unwrap_or(0)]
}

async fn reset(ctx: &Context<'_>, input: ResetPasswordInput) -> Outcome<bool> {
    let (scope, passwords) = (ctx.data_unchecked::<Scope>(), ctx.data_unchecked::<Passwords>());
    attempts(ctx).take(Act::UseMailedToken, None)?;
    let token_hash = hash_of(&input.token);
    let refused = || {
        let message = "the token does not hold: it has been used, is too old or was replaced; ask for another mail";
        UserError::of("input.token", UserErrorCode::InvalidToken, message)
    };
    // Asked first, so that a password is neither judged nor hashed for nobody.
    let account = store::resettable(scope, &token_hash).await?.ok_or_else(refused)?;
    let names = [account.handle.as_str(), email::user_part(&account.email)];
    passwords.check("input.newPassword", &input.new_password, &names)?;
    let place = ctx.data_unchecked::<Mailer>().place()?;
    let hash = passwords.hash(&input.new_password).await?;
    let event = scope.event(EventType::PasswordReset);
    let address = store::reset_password(scope, &token_hash, &hash, event).await?.ok_or_else(refused)?;
    // Whoever reads the mailbox gets in from here, however often others have guessed.
    attempts(ctx).succeeded(&address);
    place.prepare(letters::password_changed(&address))?.send();
    Ok(true)
}
