use async_graphql::{Context, InputObject, Object};

use super::events::membership_event;
use super::{DeletionSettings, store};
use crate::accounts::mutations::confirmed_password;
use crate::error::{Result, session_ended};
use crate::events::EventType;
use crate::mail::{Mail, Mailer};
use crate::mutation::{Outcome, UserError, UserErrorCode};
use crate::payload;
use crate::scope::Scope;
use crate::time::Timestamp;

/// Who deletes their account.
#[derive(InputObject)]
struct DeleteAccountInput {
    /// The password, if the account has one.
    password: Option<String>,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `deleteAccount`.
    DeleteAccountPayload {
        /// When everything will be erased for good. Until then, signing in brings the account back.
        erased_after: Timestamp
    }
}

#[derive(Default)]
pub(in crate::accounts) struct DeletionMutations;

#[Object]
impl DeletionMutations {
    /// Deletes the viewer's account. It is hidden at once, and all of its sessions end. Whoever signs in within the days
    /// that the server gives (30, unless it says otherwise) has everything back; after that, everything is erased
    /// but the comments, which stay without an author. The last owner of a tenant has to make another member its owner
    /// first; where there is no other member, the tenant is closed, and open again if the account comes back. The last
    /// operator of the platform has to give somebody else that role first.
    async fn delete_account(&self, ctx: &Context<'_>, input: DeleteAccountInput) -> Result<DeleteAccountPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        DeleteAccountPayload::of(delete_account(ctx, input).await, client_mutation_id)
    }
}

async fn delete_account(ctx: &Context<'_>, input: DeleteAccountInput) -> Outcome<Timestamp> {
    let scope = ctx.data_unchecked::<Scope>();
    let viewer = scope.viewer().signed_in()?.id;
    let own = confirmed_password(ctx, "input.password", input.password.as_deref()).await?;
    let place = ctx.data_unchecked::<Mailer>().place()?;
    let patience = ctx.data_unchecked::<DeletionSettings>().patience;
    let erased_after = scope.now() + patience;
    let event = scope.event(EventType::AccountDeletionRequested).about(viewer);
    let told = [
        membership_event(scope, EventType::MemberRemoved, viewer, "ACCOUNT_HIDDEN"),
        scope.event(EventType::TenantClosed),
    ];
    let requested = store::request(scope, erased_after, event, told).await?.ok_or_else(session_ended)?;
    if !requested.alone.is_empty() {
        let tenants = requested.alone.join(", ");
        let message = format!("you are the last owner of {tenants}: transfer the ownership first");
        return Err(UserError::general(UserErrorCode::NotAllowed, message).into());
    }
    if requested.is_last_operator {
        let message = "you are the last operator of the platform: make somebody else one first";
        return Err(UserError::general(UserErrorCode::NotAllowed, message).into());
    }
    let mail = Mail {
        to: own.email,
        subject: "Your account will be deleted".to_owned(),
        text: format!(
            "Your account on Seeka is hidden now, and will be erased after {} (UTC).\n\nIf you want to keep it, sign in before that.\n",
            erased_after.format("%Y-%m-%d %H:%M")
        ),
    };
    place.prepare(mail)?.send();
    crate::accounts::loaders(ctx).forget(viewer).await;
    Ok(Timestamp(erased_after))
}

/// What somebody reads who has come back in time.
pub(in crate::accounts) fn kept(email: &str) -> Mail {
    Mail {
        to: email.to_owned(),
        subject: "Your account stays".to_owned(),
        text: "You have signed in, so your account on Seeka will not be deleted. Everything is as it was.\n\n\
               If that was not you, change your password.\n"
            .to_owned(),
    }
}
