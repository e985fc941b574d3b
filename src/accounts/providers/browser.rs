//! A browser goes to a provider and comes back.
//!
//! What binds the two is a secret in a cookie of the browser. The nonce and the PKCE verifier are derived from it and from
//! the state, so the graph keeps nothing but hashes: who reads it can finish no sign-in.

use std::time::Duration;

use chrono::TimeDelta;
use url::Url;

use super::provider::Provider;
use super::{IdentityProviders, Proof, admitted, code_of, log_cause, recorded};
use crate::accounts::store::{self, Attempt, LinkCode, TakenAttempt};
use crate::auth::{Opaque, hash_of};
use crate::error::{Error, Result};
use crate::mutation::{Outcome, Refused};
use crate::scope::Scope;

/// How long somebody may take at a provider, in seconds.
const ATTEMPT_SECONDS: i64 = 600;
/// How long a code in the address of a page holds, in seconds: the page exchanges it at once.
const CODE_SECONDS: i64 = 60;
/// How long what has expired is kept, in seconds, so that nobody is about to take it when it goes.
const SWEEP_MARGIN_SECONDS: i64 = 60;
/// The most attempts, and codes of each kind, that one start removes.
const SWEEP_MOST: u32 = 100;
/// The length of a secret in the cookie, in characters; see [`Opaque`].
const SECRET_CHARACTERS: usize = 43;
/// When an address that has too many sign-ins open may come back.
pub(super) const TOO_MANY_WAIT: Duration = Duration::from_mins(1);

/// Somebody said no at the provider (RFC 6749, section 4.1.2.1).
const ACCESS_DENIED: &str = "ACCESS_DENIED";
/// The provider refuses for another reason.
const PROVIDER_REFUSED: &str = "PROVIDER_REFUSED";

/// A browser that wants to go to a provider.
#[derive(Debug, Default)]
pub struct Departure<'a> {
    /// The name of the provider.
    pub provider: &'a str,
    /// The page to come back to.
    pub return_to: Option<&'a str>,
    /// The SHA-256 hash, in URL-safe base 64, of a secret that the page keeps and `redeemLoginCode` has to show. Only a
    /// ticket needs none.
    pub challenge: Option<&'a str>,
    /// What `beginLinkIdentity` has given out.
    pub ticket: Option<&'a str>,
    /// The cookie, if the browser has one.
    pub browser: Option<&'a str>,
}

/// A browser that comes back from a provider.
#[derive(Debug, Default)]
pub struct Arrival<'a> {
    /// The name of the provider.
    pub provider: &'a str,
    /// The state that it was sent with.
    pub state: Option<&'a str>,
    /// The code of the provider.
    pub code: Option<&'a str>,
    /// Why the provider gives no code.
    pub error: Option<&'a str>,
    /// Who the provider says it is (RFC 9207).
    pub issuer: Option<&'a str>,
    /// The cookie, if the browser has one.
    pub browser: Option<&'a str>,
}

/// Where a browser is sent, and the cookie that it takes along.
#[derive(Debug)]
pub struct Sent {
    /// The address.
    pub location: String,
    /// The header `Set-Cookie`.
    pub cookie: Option<String>,
}

impl IdentityProviders {
    /// The name of the cookie. With its prefix, no other host can set it (RFC 6265bis, section 4.1.3.2).
    #[must_use]
    pub fn cookie_name(&self) -> &'static str {
        if self.is_secure() { "__Host-seeka_sign_in" } else { "seeka_sign_in" }
    }

    fn is_secure(&self) -> bool {
        self.0.base.starts_with("https://")
    }

    /// Sends a browser to a provider.
    ///
    /// # Errors
    /// `NOT_FOUND` when there is no such provider, `BAD_USER_INPUT` when the page is not one to come back to,
    /// `RATE_LIMITED` when too many sign-ins of the address are open.
    pub async fn start(&self, scope: &Scope, departure: Departure<'_>) -> Result<Sent> {
        let provider = self.provider(departure.provider)?;
        let (state, browser) = (Opaque::generate()?, browser_secret(departure.browser)?);
        let (state_hash, browser_hash) = (state.hash(), hash_of(&browser));
        let mut attempt = Attempt {
            provider: &provider.config.name,
            state_hash: Some(&state_hash),
            browser_hash: Some(&browser_hash),
            expires_at: scope.now() + TimeDelta::seconds(ATTEMPT_SECONDS),
            ..Attempt::default()
        };
        let return_to = if let Some(ticket) = departure.ticket {
            let opened = store::open_link_ticket(scope, &hash_of(ticket), &attempt).await?;
            opened.ok_or_else(|| Error::BadUserInput("the ticket has been used or is too old".to_owned()))?
        } else {
            self.checked_return(&departure)?
        };
        let (nonce, verifier) = (nonce(&browser, state.expose()), verifier(&browser, state.expose()));
        let redirect_uri = self.redirect_uri(&provider.config.name);
        let location = match provider.authorization(state.expose(), &nonce, &verifier, &redirect_uri).await {
            Ok(location) => location,
            Err(refusal) => {
                let location = back(&return_to, "login_error", &code_of(&refusal.into()))?;
                return Ok(Sent { location, cookie: None });
            }
        };
        if departure.ticket.is_none() {
            attempt.return_to = &return_to;
            attempt.challenge = departure.challenge;
            if !store::begin_attempt(scope, &attempt, self.0.max_open).await? {
                return Err(Error::RateLimited("too many sign-ins are open", TOO_MANY_WAIT));
            }
        }
        sweep(scope).await;
        Ok(Sent { location: location.into(), cookie: Some(self.cookie(&browser)) })
    }

    /// The page that a browser comes back to.
    fn checked_return(&self, departure: &Departure<'_>) -> Result<String> {
        let wrong = |message: &str| Err(Error::BadUserInput(message.to_owned()));
        let return_to = departure.return_to.map_or_else(|| format!("{}/", self.0.base), str::to_owned);
        if !self.may_return_to(&return_to) {
            return wrong("return_to is no page of this platform");
        }
        // Without it, anybody could have somebody else redeem the code of an account that is not theirs.
        if !departure.challenge.is_some_and(is_hash) {
            return wrong("challenge has to be the SHA-256 hash of a secret of the page, in URL-safe base 64");
        }
        Ok(return_to)
    }

    /// Sends a browser that comes back from a provider to its page, with a code or with what went wrong.
    ///
    /// # Errors
    /// `NOT_FOUND` when there is no such provider, `BAD_USER_INPUT` when the browser was not sent there, or has been
    /// back already: then no page is known to send it to.
    pub async fn finish(&self, scope: &Scope, arrival: Arrival<'_>) -> Result<Sent> {
        let provider = self.provider(arrival.provider)?;
        let taken = match (arrival.state, arrival.browser) {
            (Some(state), Some(browser)) => {
                store::take_attempt(scope, &provider.config.name, &hash_of(state), &hash_of(browser)).await?
            }
            _ => None,
        };
        let strange = "this sign-in was not begun in this browser, took too long, or is finished already; begin again";
        let taken = taken.ok_or_else(|| Error::BadUserInput(strange.to_owned()))?;
        let (name, value) = match arrival.error {
            Some("access_denied") => ("login_error", ACCESS_DENIED.to_owned()),
            Some(_) => ("login_error", PROVIDER_REFUSED.to_owned()),
            None => match self.code(scope, provider, &arrival, &taken).await {
                Ok(code) => (if taken.link_to.is_some() { "link_code" } else { "login_code" }, code),
                Err(refused) => {
                    log_cause(&refused);
                    ("login_error", code_of(&refused))
                }
            },
        };
        Ok(Sent { location: back(&taken.return_to, name, &value)?, cookie: None })
    }

    /// A code for whoever has come back.
    async fn code(
        &self,
        scope: &Scope,
        provider: &Provider,
        arrival: &Arrival<'_>,
        taken: &TakenAttempt,
    ) -> Outcome<String> {
        let (Some(code), Some(state), Some(browser)) = (arrival.code, arrival.state, arrival.browser) else {
            return Err(super::Refusal::ProofRefused.into());
        };
        if arrival.issuer.is_some_and(|issuer| issuer != provider.config.issuer) {
            return Err(super::Refusal::ProofRefused.into());
        }
        let proof = Proof {
            code,
            verifier: &verifier(browser, state),
            redirect_uri: &self.redirect_uri(&provider.config.name),
            nonce: &nonce(browser, state),
            from_app: false,
        };
        let identified = provider.identify(&proof).await.map_err(Refused::from);
        let known = recorded(scope, &provider.config.name, identified).await?;
        let (given, expires_at) = (Opaque::generate()?, scope.now() + TimeDelta::seconds(CODE_SECONDS));
        if let Some(user) = taken.link_to {
            let identity = LinkCode {
                provider: known.provider,
                subject: known.subject,
                email: known.email,
                email_verified: known.email_verified,
            };
            let begun = (user, taken.link_from);
            store::create_link_code(scope, &given.hash(), begun, &identity, expires_at).await?;
        } else {
            let admitted = admitted(scope, self, &known).await?;
            let challenge = taken.challenge.as_deref();
            store::create_login_code(scope, &given.hash(), admitted, &known.provider, challenge, expires_at).await?;
        }
        Ok(given.expose().to_owned())
    }

    fn provider(&self, name: &str) -> Result<&Provider> {
        let unknown = || Error::NotFound("there is no identity provider of this name".to_owned());
        self.0.provider(name).ok_or_else(unknown)
    }

    fn cookie(&self, secret: &str) -> String {
        let secure = if self.is_secure() { "; Secure" } else { "" };
        // Lax, because the provider is another site, and the browser comes back from there.
        format!("{}={secret}; Path=/; Max-Age={ATTEMPT_SECONDS}; HttpOnly; SameSite=Lax{secure}", self.cookie_name())
    }
}

/// The secret of a browser. One that has a secret keeps it, so that two of its tabs can sign in at the same time.
fn browser_secret(cookie: Option<&str>) -> Result<String> {
    match cookie.filter(|secret| is_hash(secret)) {
        Some(secret) => Ok(secret.to_owned()),
        None => Ok(Opaque::generate()?.expose().to_owned()),
    }
}

/// Whether a text has the form of 32 bytes in URL-safe base 64.
fn is_hash(text: &str) -> bool {
    text.len() == SECRET_CHARACTERS && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

fn nonce(browser: &str, state: &str) -> String {
    hash_of(&format!("nonce {browser} {state}"))
}

fn verifier(browser: &str, state: &str) -> String {
    hash_of(&format!("verifier {browser} {state}"))
}

/// The address of a page with one more parameter.
fn back(return_to: &str, name: &str, value: &str) -> Result<String> {
    let mut url = Url::parse(return_to).map_err(Error::internal)?;
    url.query_pairs_mut().append_pair(name, value);
    Ok(url.into())
}

/// Removes what has expired; where that fails, the next start does it.
pub(in crate::accounts) async fn sweep(scope: &Scope) {
    let before = scope.now() - TimeDelta::seconds(SWEEP_MARGIN_SECONDS);
    match store::sweep_sign_ins(scope, before, SWEEP_MOST).await {
        Ok(removed) => tracing::debug!(removed, "expired sign-ins are removed"),
        Err(error) => tracing::debug!(%error, "expired sign-ins are not removed"),
    }
}
