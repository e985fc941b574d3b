use async_graphql::{Context, InputObject, Object, SimpleObject};
use chrono::TimeDelta;
use serde_json::json;

use super::confirmed_password;
use crate::accounts::letters;
use crate::accounts::store::{self, MadeToken, WantedToken};
use crate::accounts::types::AccessToken;
use crate::attempts::{Act, attempts};
use crate::auth::{AccessTokenScope, NewAccessToken, hash_of};
use crate::error::Result;
use crate::events::EventType;
use crate::id::AccessTokenId;
use crate::mail::Mailer;
use crate::mutation::{Checked, Outcome, UserError, UserErrorCode};
use crate::payload;
use crate::scope::Scope;
use crate::text;
use crate::time::Timestamp;

/// The fewest and the most characters of the name of an access token.
const NAME: std::ops::RangeInclusive<usize> = 1..=80;
/// The shortest and the longest time that an access token holds, in days.
const LIFETIME_DAYS: std::ops::RangeInclusive<i32> = 1..=365;
/// The most access tokens that a user has at the same time. Those that have expired do not count.
const MAX_ACCESS_TOKENS: i64 = 50;

/// An access token that is wanted.
#[derive(InputObject)]
struct CreateAccessTokenInput {
    /// What you call it, to know it again: 1 to 80 characters.
    name: String,
    /// What it may be used for: at least one scope, and better none that the program does not need.
    scopes: Vec<AccessTokenScope>,
    /// After how many days it ends: 1 to 365.
    expires_in_days: i32,
    /// The password of the account; null only for an account that has none.
    password: Option<String>,
    /// Comes back in the payload. If the answer was lost, send the same once more: as long as nobody has used the
    /// token, it is replaced by a new one of the same name and scopes, so that there is still one.
    client_mutation_id: Option<String>,
}

/// An access token with its text.
#[derive(SimpleObject)]
pub(super) struct CreatedAccessToken {
    /// Goes into the header `Authorization: Bearer …` of each request. Nobody can see it again: keep it where only the
    /// program finds it.
    token: String,
    /// What is known of it from now on.
    access_token: AccessToken,
}

payload! {
    /// The answer to `createAccessToken`.
    CreateAccessTokenPayload {
        /// The token.
        created: CreatedAccessToken
    }
}

/// An access token that shall end.
#[derive(InputObject)]
struct RevokeAccessTokenInput {
    /// The token's id, as `viewer.accessTokens` lists it.
    id: AccessTokenId,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `revokeAccessToken`.
    RevokeAccessTokenPayload {
        /// The id of the token that has ended.
        revoked_id: AccessTokenId
    }
}

#[derive(Default)]
pub(super) struct AccessTokens;

#[Object]
impl AccessTokens {
    /// Makes a token that a program signs in with in your name, such as a script. At most 50 at the same time. A
    /// mail tells you.
    async fn create_access_token(
        &self,
        ctx: &Context<'_>,
        input: CreateAccessTokenInput,
    ) -> Result<CreateAccessTokenPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        CreateAccessTokenPayload::of(create(ctx, input).await, client_mutation_id)
    }

    /// Ends an access token at once, for good.
    async fn revoke_access_token(
        &self,
        ctx: &Context<'_>,
        input: RevokeAccessTokenInput,
    ) -> Result<RevokeAccessTokenPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        RevokeAccessTokenPayload::of(revoke(ctx, &input).await, client_mutation_id)
    }
}

async fn create(ctx: &Context<'_>, input: CreateAccessTokenInput) -> Outcome<CreatedAccessToken> {
    let scope = ctx.data_unchecked::<Scope>();
    let viewer = scope.viewer().signed_in()?.id;
    let mut checked = Checked::default();
    let name = checked.value(text::line("input.name", &input.name, NAME));
    let scopes = checked.value(distinct(input.scopes));
    let lifetime = checked.value(lifetime(input.expires_in_days));
    checked.finish()?;
    attempts(ctx).take(Act::CreateSecret, Some(&viewer.to_string()))?;
    let own = confirmed_password(ctx, "input.password", input.password.as_deref()).await?;
    let mail = ctx.data_unchecked::<Mailer>().place()?.prepare(letters::access_token_created(&own.email))?;

    let token = NewAccessToken::generate()?;
    let (created_at, expires_at) = (Timestamp(scope.now()), Timestamp(scope.now() + lifetime));
    let access_token =
        AccessToken { id: AccessTokenId::generate(), name, scopes, created_at, last_used_at: None, expires_at };
    let AccessToken { id, name, scopes, .. } = &access_token;
    let payload = json!({"accessTokenId": id, "name": name, "scopes": scopes, "expiresAt": expires_at});
    let wanted = WantedToken {
        access_token: &access_token,
        hash: token.hash(),
        // Of any length; what counts is whether it is the same.
        request_hash: input.client_mutation_id.as_deref().map(hash_of),
        event: scope.event(EventType::AccessTokenCreated).about(viewer).with(&payload),
        most: MAX_ACCESS_TOKENS,
    };
    match store::create_access_token(scope, wanted).await? {
        MadeToken::Made => {
            mail.send();
            Ok(CreatedAccessToken { token: token.expose(), access_token })
        }
        MadeToken::Known => {
            let message = "a token was made with this clientMutationId before, and its text is shown once only: \
                           if it is lost, revoke the token and make another with a new clientMutationId";
            Err(UserError::of("input.clientMutationId", UserErrorCode::NotAllowed, message).into())
        }
        MadeToken::TooMany => {
            let message = format!("you have {MAX_ACCESS_TOKENS} access tokens, and cannot have more: revoke one first");
            Err(UserError::general(UserErrorCode::LimitReached, message).into())
        }
    }
}

/// Each scope once, in the order of the schema.
fn distinct(mut scopes: Vec<AccessTokenScope>) -> Result<Vec<AccessTokenScope>, UserError> {
    scopes.sort_unstable();
    scopes.dedup();
    if scopes.is_empty() {
        return Err(UserError::of("input.scopes", UserErrorCode::Blank, "a token needs at least one scope"));
    }
    Ok(scopes)
}

fn lifetime(days: i32) -> Result<TimeDelta, UserError> {
    let (least, most) = (LIFETIME_DAYS.start(), LIFETIME_DAYS.end());
    if !LIFETIME_DAYS.contains(&days) {
        let message = format!("a token holds for {least} to {most} days, not for {days}");
        return Err(UserError::of("input.expiresInDays", UserErrorCode::Invalid, message));
    }
    Ok(TimeDelta::days(days.into()))
}

async fn revoke(ctx: &Context<'_>, input: &RevokeAccessTokenInput) -> Outcome<AccessTokenId> {
    let scope = ctx.data_unchecked::<Scope>();
    let viewer = scope.viewer().signed_in()?.id;
    let payload = json!({"accessTokenId": input.id});
    let event = scope.event(EventType::AccessTokenRevoked).about(viewer).with(&payload);
    if store::revoke_access_token(scope, input.id, event).await? {
        Ok(input.id)
    } else {
        let message = "you have no access token with this id; it may have been revoked before";
        Err(UserError::of("input.id", UserErrorCode::NotFound, message).into())
    }
}
