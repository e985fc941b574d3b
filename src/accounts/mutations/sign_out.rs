use async_graphql::{Context, InputObject, Object};
use serde_json::json;

use super::refresh::invalid_token;
use crate::accounts::session::RefreshToken;
use crate::accounts::store;
use crate::attempts::{Act, attempts};
use crate::error::{Error, Result};
use crate::events::EventType;
use crate::id::SessionId;
use crate::mutation::{Outcome, UserError, UserErrorCode};
use crate::payload;
use crate::scope::Scope;

/// Which session ends.
#[derive(InputObject)]
struct LogoutInput {
    /// A refresh token of the session, for a client whose access token has run out. Without it, the session of the
    /// request ends.
    refresh_token: Option<String>,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `logout`.
    LogoutPayload {
        /// The session that has ended.
        session_id: SessionId
    }
}

/// The call that ends all sessions.
#[derive(InputObject)]
struct LogoutEverywhereInput {
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `logoutEverywhere`.
    LogoutEverywherePayload {
        /// How many sessions have ended.
        session_count: i32
    }
}

/// Which session ends.
#[derive(InputObject)]
struct RevokeSessionInput {
    /// The session.
    id: SessionId,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `revokeSession`.
    RevokeSessionPayload {
        /// The session that has ended.
        session_id: SessionId
    }
}

#[derive(Default)]
pub(super) struct SignOut;

#[Object]
impl SignOut {
    /// Signs out: ends the session of the request, or that of a refresh token. An access token of it can still read
    /// what everybody sees, until it runs out some minutes later.
    async fn logout(&self, ctx: &Context<'_>, input: LogoutInput) -> Result<LogoutPayload> {
        LogoutPayload::of(logout(ctx, input.refresh_token.as_deref()).await, input.client_mutation_id)
    }

    /// Ends all sessions of the viewer, that of the request included.
    async fn logout_everywhere(
        &self,
        ctx: &Context<'_>,
        input: LogoutEverywhereInput,
    ) -> Result<LogoutEverywherePayload> {
        LogoutEverywherePayload::of(logout_everywhere(ctx).await, input.client_mutation_id)
    }

    /// Ends a session of the viewer, such as one on a device that is lost.
    async fn revoke_session(&self, ctx: &Context<'_>, input: RevokeSessionInput) -> Result<RevokeSessionPayload> {
        RevokeSessionPayload::of(revoke_session(ctx, input.id).await, input.client_mutation_id)
    }
}

async fn logout(ctx: &Context<'_>, refresh_token: Option<&str>) -> Outcome<SessionId> {
    let scope = ctx.data_unchecked::<Scope>();
    let event = |session: SessionId| scope.event(EventType::SignedOut).with(&json!({"sessionId": session}));
    if let Some(refresh_token) = refresh_token {
        let token = RefreshToken::presented(refresh_token);
        attempts(ctx).take(Act::RefreshSession, token.as_ref().map(RefreshToken::family_hash).as_deref())?;
        let token = token.ok_or_else(invalid_token)?;
        let ended = store::end_session_of_token(scope, &token, event(token.session())).await?;
        return Ok(ended.ok_or_else(invalid_token)?);
    }
    let user = scope.viewer().signed_in()?;
    let session = user.session().ok_or_else(|| {
        UserError::general(UserErrorCode::NotAllowed, "the token of this request belongs to no session")
    })?;
    let ended = store::end_session_of_viewer(scope, session, event(session).about(user.id)).await?;
    // The session was there when the request began, so another request has ended it meanwhile.
    Ok(ended.unwrap_or(session))
}

async fn logout_everywhere(ctx: &Context<'_>) -> Outcome<i32> {
    let scope = ctx.data_unchecked::<Scope>();
    let user = scope.viewer().signed_in()?;
    let event = scope.event(EventType::SignedOutEverywhere).about(user.id);
    Ok(store::end_all_sessions(scope, event).await?)
}

async fn revoke_session(ctx: &Context<'_>, id: SessionId) -> Outcome<SessionId> {
    let scope = ctx.data_unchecked::<Scope>();
    let user = scope.viewer().signed_in()?;
    let event = scope.event(EventType::SessionRevoked).about(user.id).with(&json!({"sessionId": id}));
    let ended = store::end_session_of_viewer(scope, id, event).await?;
    Ok(ended.ok_or_else(|| Error::NotFound("there is no such session".to_owned()))?)
}
