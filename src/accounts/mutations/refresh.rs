use async_graphql::{Context, InputObject, Object};

use super::registration::SignedInUser;
use crate::accounts::session::{NewSession, RefreshToken, SessionSettings};
use crate::accounts::store::{self, Refreshed};
use crate::attempts::{Act, attempts};
use crate::error::Result;
use crate::events::EventType;
use crate::mutation::{Outcome, UserError, UserErrorCode};
use crate::payload;
use crate::scope::Scope;

/// The session that goes on.
#[derive(InputObject)]
struct RefreshSessionInput {
    /// The newest refresh token of the session.
    refresh_token: String,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `refreshSession`.
    RefreshSessionPayload {
        /// The account, with the next tokens.
        signed_in: SignedInUser
    }
}

#[derive(Default)]
pub(super) struct Refresh;

#[Object]
impl Refresh {
    /// Gives the next tokens of a session for its refresh token, which can be used once. Leave the header
    /// `Authorization` out, because an access token that has run out is refused. Keep the new tokens before you use them:
    /// for some seconds a used refresh token is answered with `TOKEN_ALREADY_USED`, and after that it ends the session,
    /// because somebody has a copy of it.
    async fn refresh_session(&self, ctx: &Context<'_>, input: RefreshSessionInput) -> Result<RefreshSessionPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        RefreshSessionPayload::of(refresh(ctx, &input.refresh_token).await, client_mutation_id)
    }
}

async fn refresh(ctx: &Context<'_>, refresh_token: &str) -> Outcome<SignedInUser> {
    let (scope, settings) = (ctx.data_unchecked::<Scope>(), ctx.data_unchecked::<SessionSettings>());
    let used = RefreshToken::presented(refresh_token);
    attempts(ctx).take(Act::RefreshSession, used.as_ref().map(RefreshToken::family_hash).as_deref())?;
    let used = used.ok_or_else(invalid_token)?;
    let next = NewSession::go_on(&used, scope, settings)?;
    let reuse = scope.event(EventType::SessionRevokedByReuse).with(&serde_json::json!({"sessionId": used.session()}));
    match store::refresh_session(scope, settings, &used, &next, reuse).await? {
        Refreshed::Rotated { user, roles } => {
            let tokens = next.tokens(scope, settings, user, roles)?;
            Ok(SignedInUser { id: user, tokens })
        }
        Refreshed::AlreadyUsed => {
            let message = "the token has just been used; the new one is with whoever used it";
            Err(UserError::of("input.refreshToken", UserErrorCode::TokenAlreadyUsed, message).into())
        }
        Refreshed::Refused => Err(invalid_token().into()),
    }
}

/// What is said of a refresh token that belongs to no session.
pub(super) fn invalid_token() -> UserError {
    let message = "the session has ended, or there was none; sign in again";
    UserError::of("input.refreshToken", UserErrorCode::InvalidToken, message)
}
