use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreGenderClaim, CoreIdTokenClaims, CoreIdTokenVerifier,
    CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreTokenResponse,
};
use openidconnect::{
    AccessTokenHash, AuthType, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken,
    EmptyAdditionalClaims, EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, Nonce, OAuth2TokenResponse,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope, SignatureVerificationError,
    TokenResponse, UserInfoClaims,
};
use tokio::sync::{Mutex, Semaphore, SemaphorePermit};
use tracing::warn;
use url::Url;

use super::Refusal;
use super::http_client::ProviderHttp;
use crate::accounts::email;
use crate::config::ProviderConfig;

/// How long what a provider says of itself holds: its addresses and its keys.
const DISCOVERY_HOLDS: Duration = Duration::from_hours(1);
/// How long a provider that did not answer is not asked again, so that nobody waits for it one after the other.
const FAILURE_HOLDS: Duration = Duration::from_secs(5);
/// How long what a provider said of itself is used where it does not say it anew.
const DISCOVERY_LASTS: Duration = Duration::from_hours(24);
/// The most sign-ins that wait for one provider. All requests have their turns together, and a provider that is slow is
/// not to take them from everybody.
const MAX_WAITING: usize = 16;
/// How soon keys are fetched again because a token names one that is not among them.
const KEYS_REST: Duration = Duration::from_mins(1);

/// Signatures that only the provider can make. One with a shared secret (`HS256`) is not among them.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

type ProviderClient =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// Somebody as a provider knows them.
#[derive(Debug, Clone)]
pub(in crate::accounts) struct Known {
    /// The name of the provider.
    pub(in crate::accounts) provider: String,
    /// What the provider calls them, always.
    pub(in crate::accounts) subject: String,
    /// Their address as this platform writes it.
    pub(in crate::accounts) email: Option<String>,
    /// Whether the provider has confirmed it.
    pub(in crate::accounts) email_verified: bool,
    /// Their name.
    pub(super) name: Option<String>,
    /// What they like to be called in addresses.
    pub(super) preferred_username: Option<String>,
}

/// What somebody who was at the provider brings back.
pub(in crate::accounts) struct Proof<'a> {
    pub(in crate::accounts) code: &'a str,
    /// The PKCE verifier (RFC 7636) of whoever sent them.
    pub(in crate::accounts) verifier: &'a str,
    pub(in crate::accounts) redirect_uri: &'a str,
    pub(in crate::accounts) nonce: &'a str,
    /// Whether it was an app that sent them.
    pub(in crate::accounts) from_app: bool,
}

/// What was learned of a provider.
#[derive(Default)]
struct Discovered {
    /// What it says of itself, and when it was asked.
    known: Option<(Instant, Arc<CoreProviderMetadata>)>,
    /// When it was last asked in vain, or may have been: whoever asks may be interrupted.
    failed_at: Option<Instant>,
}

impl Discovered {
    /// What is known, if it is not older than this.
    fn within(&self, age: Duration) -> Option<(Instant, Arc<CoreProviderMetadata>)> {
        self.known.clone().filter(|(at, _)| at.elapsed() < age)
    }
}

/// One provider.
pub(super) struct Provider {
    pub(super) config: ProviderConfig,
    http: ProviderHttp,
    discovered: Mutex<Discovered>,
    waiting: Semaphore,
}

impl Provider {
    pub(super) fn new(config: ProviderConfig, limit: Duration) -> Result<Self, reqwest::Error> {
        let http = ProviderHttp::new(limit, config.is_secure())?;
        Ok(Self { config, http, discovered: Mutex::default(), waiting: Semaphore::new(MAX_WAITING) })
    }

    /// What the provider says of itself (`OpenID` Connect Discovery 1.0): asked for when it is first needed, so that a
    /// provider that is down stops nobody else. Where it does not answer, what it said earlier holds on for a while.
    async fn metadata(&self, not_older_than: Duration) -> Result<(Instant, Arc<CoreProviderMetadata>), Refusal> {
        // Locked while it asks, so that whoever comes meanwhile shares the answer.
        let mut discovered = self.discovered.lock().await;
        if let Some(known) = discovered.within(not_older_than) {
            return Ok(known);
        }
        if discovered.failed_at.is_some_and(|at| at.elapsed() < FAILURE_HOLDS) {
            return discovered.within(DISCOVERY_LASTS).ok_or(Refusal::ProviderUnavailable);
        }
        let now = Instant::now();
        discovered.failed_at = Some(now);
        let issuer = IssuerUrl::new(self.config.issuer.clone()).map_err(|_| Refusal::ProviderUnavailable)?;
        match CoreProviderMetadata::discover_async(issuer, &self.http).await {
            Ok(metadata) => {
                let known = (now, Arc::new(metadata));
                *discovered = Discovered { known: Some(known.clone()), failed_at: None };
                Ok(known)
            }
            Err(error) => {
                warn!(provider = self.config.name, error = causes(&error), "an identity provider cannot be used");
                discovered.failed_at = Some(Instant::now());
                discovered.within(DISCOVERY_LASTS).ok_or(Refusal::ProviderUnavailable)
            }
        }
    }

    /// A place among those who wait for the provider, if there is one.
    fn wait(&self) -> Result<SemaphorePermit<'_>, Refusal> {
        self.waiting.try_acquire().map_err(|_| self.unusable("too many wait for it already"))
    }

    fn client(&self, metadata: &CoreProviderMetadata, from_app: bool) -> ProviderClient {
        let methods = metadata.token_endpoint_auth_methods_supported();
        let takes = |method| methods.is_some_and(|methods| methods.contains(&method));
        // RFC 8414, section 2: where nothing is said, it is the basic scheme.
        let in_body = takes(CoreClientAuthMethod::ClientSecretPost) && !takes(CoreClientAuthMethod::ClientSecretBasic);
        let secret = self.config.client_secret.as_ref().map(|secret| ClientSecret::new(secret.expose().to_owned()));
        let (id, secret) = match &self.config.mobile_client_id {
            // An app of its own keeps no secret.
            Some(id) if from_app => (id, None),
            _ => (&self.config.client_id, secret),
        };
        CoreClient::from_provider_metadata(metadata.clone(), ClientId::new(id.clone()), secret)
            .set_auth_type(if in_body { AuthType::RequestBody } else { AuthType::BasicAuth })
    }

    /// Where a browser goes to be recognised.
    pub(super) async fn authorization(
        &self,
        state: &str,
        nonce: &str,
        verifier: &str,
        redirect_uri: &str,
    ) -> Result<Url, Refusal> {
        let _waiting = self.wait()?;
        let (_, metadata) = self.metadata(DISCOVERY_HOLDS).await?;
        let redirect_uri = RedirectUrl::new(redirect_uri.to_owned()).map_err(|_| Refusal::ProviderUnavailable)?;
        let verifier = PkceCodeVerifier::new(verifier.to_owned());
        let (state, nonce) = (CsrfToken::new(state.to_owned()), Nonce::new(nonce.to_owned()));
        let (url, _, _) = self
            .client(&metadata, false)
            .authorize_url(CoreAuthenticationFlow::AuthorizationCode, || state, || nonce)
            .add_scopes(self.config.scopes.iter().cloned().map(Scope::new))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .set_redirect_uri(Cow::Owned(redirect_uri))
            .url();
        Ok(url)
    }

    /// Has the provider say who somebody is.
    pub(super) async fn identify(&self, proof: &Proof<'_>) -> Result<Known, Refusal> {
        let _waiting = self.wait()?;
        let (learned_at, metadata) = self.metadata(DISCOVERY_HOLDS).await?;
        let client = self.client(&metadata, proof.from_app);
        let redirect_uri = RedirectUrl::new(proof.redirect_uri.to_owned()).map_err(|_| Refusal::ProofRefused)?;
        let request =
            client.exchange_code(AuthorizationCode::new(proof.code.to_owned())).map_err(|error| self.wrong(&error))?;
        let response = request
            .set_pkce_verifier(PkceCodeVerifier::new(proof.verifier.to_owned()))
            .set_redirect_uri(Cow::Owned(redirect_uri))
            .request_async(&self.http)
            .await;
        let response = response.map_err(|error| match error {
            RequestTokenError::ServerResponse(answer) => {
                // The description may quote what was sent; the code is one of a list.
                warn!(provider = self.config.name, error = %answer.error(), "a provider took no code");
                Refusal::ProofRefused
            }
            // A parse error holds the answer, and that may hold tokens.
            RequestTokenError::Parse(..) => self.unusable("its answer is no token response"),
            RequestTokenError::Request(error) => self.wrong(&error),
            RequestTokenError::Other(_) => self.unusable("its answer is empty"),
        })?;
        let claims = match claims(&client, &response, proof.nonce) {
            // The keys have changed since they were read.
            Err(ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey))
                if learned_at.elapsed() > KEYS_REST =>
            {
                let (_, metadata) = self.metadata(KEYS_REST).await?;
                claims(&self.client(&metadata, proof.from_app), &response, proof.nonce)
            }
            claims => claims,
        };
        let claims = claims.map_err(|error| {
            // What the claims hold stays out of the log; of a signature it is said what is wrong with it.
            let reason = match &error {
                ClaimsVerificationError::SignatureVerification(error) => error.to_string(),
                error => error.to_string().split(':').next().unwrap_or_default().to_owned(),
            };
            warn!(provider = self.config.name, reason, "an ID token was refused");
            Refusal::ProofRefused
        })?;
        self.known(&client, &claims, &response).await
    }

    /// Who it is, by the ID token, and by the user info where the ID token does not know the address.
    async fn known(
        &self,
        client: &ProviderClient,
        claims: &CoreIdTokenClaims,
        response: &CoreTokenResponse,
    ) -> Result<Known, Refusal> {
        let text = |text: &String| text.clone();
        let mut email = claims.email().map(|email| email.to_string());
        let mut email_verified = claims.email_verified();
        let mut name = claims.name().and_then(|name| name.get(None)).map(|name| text(name));
        let mut preferred_username = claims.preferred_username().map(|name| text(name));
        if email.is_none()
            && let Ok(request) = client.user_info(response.access_token().clone(), Some(claims.subject().clone()))
        {
            let info: Result<UserInfoClaims<EmptyAdditionalClaims, CoreGenderClaim>, _> =
                request.require_signed_response(false).request_async(&self.http).await;
            let info = info.map_err(|error| match error {
                openidconnect::UserInfoError::Request(error) => self.wrong(&error),
                _ => self.unusable("its user info cannot be used"),
            })?;
            // Whether an address is confirmed is told by whoever tells the address.
            email = info.email().map(|email| email.to_string());
            email_verified = info.email_verified();
            name = name.or_else(|| info.name().and_then(|name| name.get(None)).map(|name| text(name)));
            preferred_username = preferred_username.or_else(|| info.preferred_username().map(|name| text(name)));
        }
        let email = email.and_then(|email| email::normalised("email", &email).ok());
        Ok(Known {
            provider: self.config.name.clone(),
            subject: claims.subject().to_string(),
            email_verified: email.is_some() && email_verified == Some(true),
            email,
            name,
            preferred_username,
        })
    }

    fn wrong(&self, error: &dyn std::error::Error) -> Refusal {
        self.unusable(&causes(error))
    }

    fn unusable(&self, error: &str) -> Refusal {
        warn!(provider = self.config.name, error, "an identity provider cannot be used");
        Refusal::ProviderUnavailable
    }
}

/// What the ID token says, once its signature, issuer, audience, time and nonce are right, and it belongs to the
/// access token beside it.
fn claims(
    client: &ProviderClient,
    response: &CoreTokenResponse,
    nonce: &str,
) -> Result<CoreIdTokenClaims, ClaimsVerificationError> {
    let token = response.id_token().ok_or_else(|| ClaimsVerificationError::Other("no ID token".to_owned()))?;
    let verifier: CoreIdTokenVerifier<'_> = client.id_token_verifier().set_allowed_algs(ALGORITHMS);
    let claims = token.claims(&verifier, &Nonce::new(nonce.to_owned()))?;
    if let Some(expected) = claims.access_token_hash() {
        let unsigned = ClaimsVerificationError::SignatureVerification;
        let (algorithm, key) =
            (token.signing_alg().map_err(unsigned)?, token.signing_key(&verifier).map_err(unsigned)?);
        let actual = AccessTokenHash::from_token(response.access_token(), algorithm, key);
        if !actual.is_ok_and(|actual| actual == *expected) {
            return Err(ClaimsVerificationError::Other("another access token".to_owned()));
        }
    }
    Ok(claims.clone())
}

/// An error with what is behind it, in a line.
fn causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
