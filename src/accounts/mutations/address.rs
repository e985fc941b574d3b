use async_graphql::{Context, InputObject, Object};

use super::confirmed_password;
use crate::accounts::proof::{NewProof, ProofKind};
use crate::accounts::store::{self, Verified};
use crate::accounts::{email, letters};
use crate::attempts::{Act, attempts};
use crate::auth::hash_of;
use crate::error::Result;
use crate::events::EventType;
use crate::mail::Mailer;
use crate::mutation::{Checked, Outcome, UserError, UserErrorCode};
use crate::payload;
use crate::scope::Scope;

/// A token that came by mail.
#[derive(InputObject)]
struct VerifyEmailInput {
    /// The token of the mail.
    token: String,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

/// Another mail to confirm the viewer's address.
#[derive(InputObject)]
struct RequestEmailVerificationInput {
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

/// Another address for the viewer.
#[derive(InputObject)]
struct ChangeEmailInput {
    /// The new address. The account has it once it is confirmed there.
    email: String,
    /// The password of the account.
    password: String,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `verifyEmail`.
    VerifyEmailPayload {
        /// True once the address is confirmed.
        verified: bool
    }
}

payload! {
    /// The answer to `requestEmailVerification`.
    RequestEmailVerificationPayload {
        /// True once a mail is on its way.
        requested: bool
    }
}

payload! {
    /// The answer to `changeEmail`.
    ChangeEmailPayload {
        /// True once a mail is on its way to the new address.
        requested: bool
    }
}

#[derive(Default)]
pub(super) struct AddressMutations;

#[Object]
impl AddressMutations {
    /// Confirms an address with the token of a mail; nobody has to be signed in for that. After `changeEmail`, the
    /// account has the new address from then on.
    async fn verify_email(&self, ctx: &Context<'_>, input: VerifyEmailInput) -> Result<VerifyEmailPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        VerifyEmailPayload::of(verify(ctx, &input.token).await, client_mutation_id)
    }

    /// Sends another mail with a link to confirm the viewer's address. The links of earlier ones stop to work.
    async fn request_email_verification(
        &self,
        ctx: &Context<'_>,
        input: RequestEmailVerificationInput,
    ) -> Result<RequestEmailVerificationPayload> {
        RequestEmailVerificationPayload::of(request_verification(ctx).await, input.client_mutation_id)
    }

    /// Sends a mail to another address of the viewer, which takes the place of theirs once it is confirmed.
    async fn change_email(&self, ctx: &Context<'_>, input: ChangeEmailInput) -> Result<ChangeEmailPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        ChangeEmailPayload::of(change(ctx, input).await, client_mutation_id)
    }
}

async fn verify(ctx: &Context<'_>, token: &str) -> Outcome<bool> {
    let (scope, mailer) = (ctx.data_unchecked::<Scope>(), ctx.data_unchecked::<Mailer>());
    attempts(ctx).take(Act::UseMailedToken, None)?;
    let place = mailer.place()?;
    let (verified, changed) = (scope.event(EventType::EmailVerified), scope.event(EventType::EmailChanged));
    match store::verify_email(scope, &hash_of(token), verified, changed).await? {
        Some(Verified::Own) => Ok(true),
        Some(Verified::Changed(former)) => {
            place.prepare(letters::address_changed(&former))?.send();
            Ok(true)
        }
        Some(Verified::Taken) => {
            let message = "there is another account with this address";
            Err(UserError::of("input.token", UserErrorCode::Taken, message).into())
        }
        None => {
            let message = "the token does not hold: it has been used, is too old or was replaced; ask for another mail";
            Err(UserError::of("input.token", UserErrorCode::InvalidToken, message).into())
        }
    }
}

async fn request_verification(ctx: &Context<'_>) -> Outcome<bool> {
    let (scope, mailer) = (ctx.data_unchecked::<Scope>(), ctx.data_unchecked::<Mailer>());
    let user = scope.viewer().signed_in()?;
    // Whose mailbox it is is not known before the statement has run; the user stands for it.
    attempts(ctx).take(Act::RequestVerification, Some(&user.id.to_string()))?;
    let (place, proof) = (mailer.place()?, NewProof::begin(scope, ProofKind::Verify)?);
    let address = store::request_verification(scope, proof.properties(scope)).await?;
    let address =
        address.ok_or_else(|| UserError::general(UserErrorCode::NotAllowed, "the address is confirmed already"))?;
    place.prepare(letters::verification(mailer, &address, &proof.token))?.send();
    Ok(true)
}

async fn change(ctx: &Context<'_>, input: ChangeEmailInput) -> Outcome<bool> {
    let (scope, mailer) = (ctx.data_unchecked::<Scope>(), ctx.data_unchecked::<Mailer>());
    let mut checked = Checked::default();
    let address = checked.value(email::normalised("input.email", &input.email));
    scope.viewer().signed_in()?;
    checked.finish()?;
    let own = confirmed_password(ctx, "input.password", Some(&input.password)).await?;
    if own.email == address {
        return Err(UserError::of("input.email", UserErrorCode::Invalid, "this is your address already").into());
    }
    attempts(ctx).take(Act::RequestVerification, Some(&address))?;
    let (place, proof) = (mailer.place()?, NewProof::begin(scope, ProofKind::Change)?);
    let event = scope.event(EventType::EmailChangeRequested).about(scope.viewer().signed_in()?.id);
    store::request_change_of_email(scope, &address, proof.properties(scope), event).await?;
    place.prepare(letters::change_of_address(mailer, &address, &proof.token))?.send();
    Ok(true)
}
