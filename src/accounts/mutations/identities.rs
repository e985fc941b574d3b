use async_graphql::{Context, InputObject, Object};

use super::confirmed_password;
use super::registration::SignedInUser;
use crate::accounts::providers::{
    IdentityProviders, NewLink, Proof, admitted, begin_session, link, open_link, recorded, take_link,
};
use crate::accounts::session::SessionSettings;
use crate::accounts::store::{self, Used};
use crate::accounts::types::Identity;
use crate::attempts::{Act, attempts};
use crate::auth::hash_of;
use crate::error::Result;
use crate::events::EventType;
use crate::id::IdentityId;
use crate::mutation::{Outcome, UserError, UserErrorCode};
use crate::payload;
use crate::scope::Scope;

/// How long a PKCE verifier is (RFC 7636, section 4.1), in characters.
const VERIFIER_CHARACTERS: std::ops::RangeInclusive<usize> = 43..=128;

/// What an app brings back from an identity provider that it sent the user to.
#[derive(InputObject)]
struct LoginWithProviderInput {
    /// The name of the provider, as in `identityProviders`.
    provider: String,
    /// The authorization code that the provider gave to the app.
    code: String,
    /// The PKCE verifier whose S256 challenge the app sent to the provider.
    verifier: String,
    /// The redirect URI that the app sent to the provider; one of those that the server knows.
    redirect_uri: String,
    /// The nonce that the app sent to the provider; the provider signs it.
    nonce: String,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

/// A code that a browser came back with.
#[derive(InputObject)]
struct RedeemLoginCodeInput {
    /// The value of `login_code` in the address of the page.
    code: String,
    /// The secret of the page, whose hash was the `challenge` that it began with.
    verifier: String,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

/// What an app brings back from an identity provider, to sign in with it in future.
#[derive(InputObject)]
struct LinkIdentityInput {
    /// The name of the provider, as in `identityProviders`.
    provider: String,
    /// The authorization code that the provider gave to the app.
    code: String,
    /// The PKCE verifier whose S256 challenge the app sent to the provider.
    verifier: String,
    /// The redirect URI that the app sent to the provider; one of those that the server knows.
    redirect_uri: String,
    /// The nonce that the app sent to the provider; the provider signs it.
    nonce: String,
    /// The password of the account; null only for an account that has none.
    password: Option<String>,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

/// A browser that is about to go to an identity provider, for a user who has signed in.
#[derive(InputObject)]
struct BeginLinkIdentityInput {
    /// The name of the provider, as in `identityProviders`.
    provider: String,
    /// The address of the page that the browser comes back to, with `link_code` or `login_error`.
    return_to: String,
    /// The password of the account; null only for an account that has none.
    password: Option<String>,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

/// A code that a browser came back with.
#[derive(InputObject)]
struct FinishLinkIdentityInput {
    /// The value of `link_code` in the address of the page.
    code: String,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

/// A way to sign in that goes.
#[derive(InputObject)]
struct UnlinkIdentityInput {
    /// The identity, as in `viewer.identities`.
    id: IdentityId,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `loginWithProvider`.
    LoginWithProviderPayload {
        /// The account, signed in.
        signed_in: SignedInUser
    }
}

payload! {
    /// The answer to `redeemLoginCode`.
    RedeemLoginCodePayload {
        /// The account, signed in.
        signed_in: SignedInUser
    }
}

payload! {
    /// The answer to `linkIdentity`.
    LinkIdentityPayload {
        /// The identity.
        identity: Identity
    }
}

payload! {
    /// The answer to `beginLinkIdentity`.
    BeginLinkIdentityPayload {
        /// The address to open in the user's browser, within five minutes and once.
        url: String
    }
}

payload! {
    /// The answer to `finishLinkIdentity`.
    FinishLinkIdentityPayload {
        /// The identity.
        identity: Identity
    }
}

payload! {
    /// The answer to `unlinkIdentity`.
    UnlinkIdentityPayload {
        /// Which identity is gone.
        unlinked_id: IdentityId
    }
}

#[derive(Default)]
pub(super) struct Identities;

#[Object]
impl Identities {
    /// Signs in with an identity provider, for an app that sent the user there itself. Somebody new gets an account.
    async fn login_with_provider(
        &self,
        ctx: &Context<'_>,
        input: LoginWithProviderInput,
    ) -> Result<LoginWithProviderPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        LoginWithProviderPayload::of(login(ctx, input).await, client_mutation_id)
    }

    /// Exchanges the code with which a browser came back from an identity provider for tokens. It holds for a minute and
    /// can be used once.
    async fn redeem_login_code(
        &self,
        ctx: &Context<'_>,
        input: RedeemLoginCodeInput,
    ) -> Result<RedeemLoginCodePayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        RedeemLoginCodePayload::of(redeem(ctx, input).await, client_mutation_id)
    }

    /// Adds an identity to the account, to sign in with it in future; for an app that sent the user to the provider itself.
    /// A mail tells the user.
    async fn link_identity(&self, ctx: &Context<'_>, input: LinkIdentityInput) -> Result<LinkIdentityPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        LinkIdentityPayload::of(link_by_app(ctx, input).await, client_mutation_id)
    }

    /// Begins to add an identity to the account: open the address in the user's browser, and give the code that it comes
    /// back with to `finishLinkIdentity`.
    async fn begin_link_identity(
        &self,
        ctx: &Context<'_>,
        input: BeginLinkIdentityInput,
    ) -> Result<BeginLinkIdentityPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        BeginLinkIdentityPayload::of(begin_link(ctx, &input).await, client_mutation_id)
    }

    /// Adds the identity that the browser has shown to the account. Only the user who began can finish, within a minute.
    /// A mail tells them.
    async fn finish_link_identity(
        &self,
        ctx: &Context<'_>,
        input: FinishLinkIdentityInput,
    ) -> Result<FinishLinkIdentityPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        FinishLinkIdentityPayload::of(link_by_browser(ctx, &input.code).await, client_mutation_id)
    }

    /// Removes an identity from the account, unless it is the last way to sign in.
    async fn unlink_identity(&self, ctx: &Context<'_>, input: UnlinkIdentityInput) -> Result<UnlinkIdentityPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        UnlinkIdentityPayload::of(unlink(ctx, input.id).await, client_mutation_id)
    }
}

async fn login(ctx: &Context<'_>, input: LoginWithProviderInput) -> Outcome<SignedInUser> {
    let (scope, providers) = (ctx.data_unchecked::<Scope>(), ctx.data_unchecked::<IdentityProviders>());
    attempts(ctx).take(Act::LoginWithProvider, None)?;
    let LoginWithProviderInput { provider, code, verifier, redirect_uri, nonce, .. } = &input;
    let proof = proof(code, verifier, redirect_uri, nonce)?;
    let known = recorded(scope, provider, providers.identify(provider, proof).await).await?;
    let used = admitted(scope, providers, &known).await?;
    signed_in(ctx, used, provider).await
}

async fn redeem(ctx: &Context<'_>, input: RedeemLoginCodeInput) -> Outcome<SignedInUser> {
    let scope = ctx.data_unchecked::<Scope>();
    attempts(ctx).take(Act::LoginWithProvider, None)?;
    let taken = store::take_login_code(scope, &hash_of(&input.code), &hash_of(&input.verifier)).await?;
    let message = "the code was never given out to this page, has been used, or is too old; sign in again";
    let taken = taken.ok_or_else(|| UserError::of("input.code", UserErrorCode::InvalidToken, message))?;
    signed_in(ctx, Used { user: taken.user, identity: taken.identity }, &taken.provider).await
}

async fn signed_in(ctx: &Context<'_>, used: Used, provider: &str) -> Outcome<SignedInUser> {
    let (scope, sessions) = (ctx.data_unchecked::<Scope>(), ctx.data_unchecked::<SessionSettings>());
    let providers = ctx.data_unchecked::<IdentityProviders>();
    let tokens = begin_session(scope, sessions, providers, used, provider).await?;
    Ok(SignedInUser { id: used.user, tokens })
}

async fn begin_link(ctx: &Context<'_>, input: &BeginLinkIdentityInput) -> Outcome<String> {
    let (scope, providers) = (ctx.data_unchecked::<Scope>(), ctx.data_unchecked::<IdentityProviders>());
    confirmed_password(ctx, "input.password", input.password.as_deref()).await?;
    open_link(scope, providers, NewLink { provider: &input.provider, return_to: &input.return_to }).await
}

async fn link_by_app(ctx: &Context<'_>, input: LinkIdentityInput) -> Outcome<Identity> {
    let (scope, providers) = (ctx.data_unchecked::<Scope>(), ctx.data_unchecked::<IdentityProviders>());
    scope.viewer().signed_in()?;
    attempts(ctx).take(Act::LoginWithProvider, None)?;
    let LinkIdentityInput { provider, code, verifier, redirect_uri, nonce, password, .. } = &input;
    let proof = proof(code, verifier, redirect_uri, nonce)?;
    confirmed_password(ctx, "input.password", password.as_deref()).await?;
    let known = providers.identify(provider, proof).await?;
    link(scope, providers, &known).await
}

async fn link_by_browser(ctx: &Context<'_>, code: &str) -> Outcome<Identity> {
    let (scope, providers) = (ctx.data_unchecked::<Scope>(), ctx.data_unchecked::<IdentityProviders>());
    link(scope, providers, &take_link(scope, code).await?).await
}

async fn unlink(ctx: &Context<'_>, id: IdentityId) -> Outcome<IdentityId> {
    let scope = ctx.data_unchecked::<Scope>();
    let user = scope.viewer().signed_in()?.id;
    let payload = serde_json::json!({"identityId": id});
    let event = scope.event(EventType::IdentityUnlinked).about(user).with(&payload);
    match store::unlink_identity(scope, id, event).await? {
        Some(true) => Ok(id),
        Some(false) => {
            let message = "it is the last way to sign in; set a password or link another identity first";
            Err(UserError::of("input.id", UserErrorCode::NotAllowed, message).into())
        }
        None => Err(UserError::of("input.id", UserErrorCode::NotFound, "you have no such identity").into()),
    }
}

fn proof<'a>(code: &'a str, verifier: &'a str, redirect_uri: &'a str, nonce: &'a str) -> Outcome<Proof<'a>> {
    if !VERIFIER_CHARACTERS.contains(&verifier.len()) {
        let message = "a PKCE verifier has 43 to 128 characters";
        return Err(UserError::of("input.verifier", UserErrorCode::Invalid, message).into());
    }
    if nonce.is_empty() {
        return Err(UserError::of("input.nonce", UserErrorCode::Blank, "it must not be empty").into());
    }
    Ok(Proof { code, verifier, redirect_uri, nonce, from_app: true })
}
