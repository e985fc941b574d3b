//! Sign-in with other providers: OAuth 2.0 (RFC 6749) with PKCE (RFC 7636) and `OpenID` Connect.
//!
//! A browser goes through [`IdentityProviders::start`] to the provider and comes back through
//! [`IdentityProviders::finish`], which sends it to its page with a code that the page exchanges for tokens. An app does
//! the first part by itself and brings what it got. Either way the provider says who it is ([`Known`]), and
//! [`admitted`] finds or makes the account.

mod admission;
mod browser;
mod http_client;
mod linking;
mod newcomer;
mod provider;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use url::Url;

pub(in crate::accounts) use admission::{admitted, begin_session, recorded};
pub(in crate::accounts) use browser::sweep as sweep_sign_ins;
pub use browser::{Arrival, Departure, Sent};
pub(in crate::accounts) use linking::{NewLink, link, open_link, take_link};
pub(in crate::accounts) use provider::{Known, Proof};

use super::types::IdentityProvider;
use crate::config::Config;
use crate::error::{Error, Result};
use crate::mail::Mailer;
use crate::mutation::{Refused, UserError, UserErrorCode};
use provider::Provider;

/// The providers, and the way to them. Cheap to clone.
#[derive(Clone)]
pub struct IdentityProviders(Arc<Inner>);

struct Inner {
    providers: Vec<Provider>,
    /// The address of this server as browsers know it, without a slash at the end.
    base: String,
    /// Whose pages a browser may be sent back to.
    return_origins: HashSet<String>,
    max_open: u64,
    mailer: Mailer,
}

impl IdentityProviders {
    /// The providers of the configuration. None of them is asked anything yet.
    ///
    /// # Errors
    /// When there can be no HTTP client.
    pub fn new(config: &Config, mailer: Mailer) -> Result<Self, reqwest::Error> {
        let limit = Duration::from_millis(config.providers.provider_timeout_ms);
        let configured = config.providers.identity_providers.as_ref().map(|file| &*file.0).unwrap_or_default();
        let providers = configured.iter().map(|provider| Provider::new(provider.clone(), limit));
        let providers = providers.collect::<Result<Vec<_>, _>>()?;
        let public = config.accounts.public_url.as_ref().map(|url| url.as_str().trim_end_matches('/').to_owned());
        let base = public.unwrap_or_else(|| match config.addr.ip() {
            // An address to listen on, and none to go to.
            ip if ip.is_unspecified() => format!("http://localhost:{}", config.addr.port()),
            _ => format!("http://{}", config.addr),
        });
        // Who may ask is another matter: only whoever may sign people in gets codes.
        let origins = config.providers.return_origins.iter().cloned();
        let own = Url::parse(&base).ok().map(|url| url.origin().ascii_serialization());
        let frontend = config.mail.frontend_url.as_ref().map(|url| url.origin().ascii_serialization());
        let return_origins = origins.chain(own).chain(frontend).collect();
        let max_open = config.providers.max_open_sign_ins;
        Ok(Self(Arc::new(Inner { providers, base, return_origins, max_open, mailer })))
    }

    /// All of them, in the order of the configuration.
    pub(in crate::accounts) fn list(&self) -> Vec<IdentityProvider> {
        let shown = |provider: &Provider| IdentityProvider {
            name: provider.config.name.clone(),
            display_name: provider.config.display_name.clone(),
            start_url: self.start_url(&provider.config.name),
        };
        self.0.providers.iter().map(shown).collect()
    }

    /// Has a provider say who somebody is that an app has sent to it.
    ///
    /// # Errors
    /// When there is no such provider, the app may not use this redirect URI, or the proof does not hold.
    pub(in crate::accounts) async fn identify(&self, provider: &str, proof: Proof<'_>) -> Result<Known, Refused> {
        let provider = self.0.provider(provider).ok_or_else(|| unknown("input.provider"))?;
        if !provider.config.mobile_redirect_uris.iter().any(|uri| uri == proof.redirect_uri) {
            let message = "this is none of the redirect URIs of the provider's apps";
            return Err(UserError::of("input.redirectUri", UserErrorCode::Invalid, message).into());
        }
        Ok(provider.identify(&proof).await?)
    }

    /// Whether the address of a page is one that a browser may be sent back to.
    fn may_return_to(&self, address: &str) -> bool {
        let Ok(url) = Url::parse(address) else { return false };
        let names_nobody = url.username().is_empty() && url.password().is_none();
        address.len() <= MAX_RETURN_BYTES
            && names_nobody
            && self.0.return_origins.contains(&url.origin().ascii_serialization())
    }

    /// The name of a provider as people know it.
    fn display_name<'p>(&'p self, provider: &'p str) -> &'p str {
        self.0.provider(provider).map_or(provider, |provider| &provider.config.display_name)
    }

    fn start_url(&self, provider: &str) -> String {
        format!("{}/auth/{provider}/start", self.0.base)
    }

    fn redirect_uri(&self, provider: &str) -> String {
        format!("{}/auth/{provider}/callback", self.0.base)
    }
}

impl Inner {
    fn provider(&self, name: &str) -> Option<&Provider> {
        self.providers.iter().find(|provider| provider.config.name == name)
    }
}

/// The longest address of a page to come back to, in bytes.
const MAX_RETURN_BYTES: usize = 2_000;

fn unknown(field: &str) -> UserError {
    UserError::of(field, UserErrorCode::NotFound, "there is no identity provider of this name")
}

/// Why somebody is not signed in by a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::accounts) enum Refusal {
    /// The provider does not answer, or not as it should.
    ProviderUnavailable,
    /// The code, the verifier or the ID token is wrong.
    ProofRefused,
    /// The provider knows no address.
    EmailMissing,
    /// There is an account with the address, and not both sides have confirmed it.
    EmailNotVerified,
    /// The account cannot be signed in to.
    NoAccount,
}

impl From<Refusal> for UserError {
    fn from(refusal: Refusal) -> Self {
        let (code, message) = match refusal {
            Refusal::ProviderUnavailable => {
                (UserErrorCode::ProviderUnavailable, "the identity provider does not answer; try again later")
            }
            Refusal::ProofRefused => {
                (UserErrorCode::InvalidToken, "the identity provider does not confirm this sign-in; begin again")
            }
            Refusal::EmailMissing => (
                UserErrorCode::EmailMissing,
                "the identity provider tells no email address, and an account needs one; allow it, or register with one",
            ),
            Refusal::EmailNotVerified => (
                UserErrorCode::EmailNotVerified,
                "there is an account with this address; sign in to it as before, and link the identity provider there",
            ),
            Refusal::NoAccount => (UserErrorCode::NotAllowed, "this account cannot be signed in to"),
        };
        Self::general(code, message)
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        UserError::from(refusal).into()
    }
}

/// The code of what went wrong, as a page reads it in its address.
fn code_of(refused: &Refused) -> String {
    match refused {
        Refused::User(errors) => errors
            .first()
            .map(|error| async_graphql::resolver_utils::enum_value(error.code).to_string())
            .unwrap_or_default(),
        Refused::Request(error) => error.code().to_owned(),
    }
}

/// Writes down why the server could not answer; what a user got wrong is no matter for the log.
fn log_cause(refused: &Refused) {
    if let Refused::Request(Error::Internal(cause) | Error::Unavailable(cause)) = refused {
        tracing::error!(%cause, "a sign-in failed");
    }
}
