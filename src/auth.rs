//! Sign-in: a token becomes a [`Viewer`].
//!
//! Tokens are JSON Web Tokens (RFC 7519) signed with HMAC SHA-256 and sent as `Authorization:
//! Bearer …` (RFC 6750). No token means an anonymous viewer; a token that does not hold is an error
//! and never silently anonymous.

use std::time::Duration;

use chrono::Utc;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

use crate::config::Secret;
use crate::error::{Error, Result};
use crate::id::UserId;

/// Who a request comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Viewer {
    /// Somebody who has not signed in.
    Anonymous,
    /// Somebody with an account.
    User {
        /// The account.
        id: UserId,
        /// What the user may do on the platform as a whole.
        roles: Vec<PlatformRole>,
    },
}

impl Viewer {
    /// Whether the viewer has this role on the platform.
    #[must_use]
    pub fn has(&self, role: PlatformRole) -> bool {
        match self {
            Self::Anonymous => false,
            Self::User { roles, .. } => roles.contains(&role),
        }
    }
}

/// A role that is not bound to a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PlatformRole {
    /// Runs the platform, and may see how a request was answered.
    Operator,
    /// Works on the graph itself.
    DataScientist,
}

/// What a token says.
#[derive(Serialize, Deserialize)]
struct Claims {
    /// Whose token it is.
    sub: UserId,
    /// When it was made, in seconds since 1970.
    iat: i64,
    /// When it ends, in seconds since 1970.
    exp: i64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    roles: Vec<PlatformRole>,
}

/// How far the clocks of two servers may differ, in seconds.
const CLOCK_LEEWAY_SECONDS: u64 = 5;

/// The keys that sign and check tokens.
pub struct Keys {
    signing: EncodingKey,
    checking: DecodingKey,
}

impl Keys {
    /// The keys of a shared secret.
    #[must_use]
    pub fn new(secret: &Secret) -> Self {
        let bytes = secret.expose().as_bytes();
        Self { signing: EncodingKey::from_secret(bytes), checking: DecodingKey::from_secret(bytes) }
    }

    /// Makes a token for a user.
    ///
    /// # Errors
    /// When the signature cannot be made.
    pub fn issue(&self, user: UserId, roles: Vec<PlatformRole>, lifetime: Duration) -> Result<String> {
        let now = Utc::now().timestamp();
        let lifetime = i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX);
        let claims = Claims { sub: user, iat: now, exp: now.saturating_add(lifetime), roles };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.signing).map_err(Error::internal)
    }

    /// Reads the `Authorization` header of a request.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` when there is a header and it holds no valid token.
    pub fn viewer(&self, authorization: Option<&[u8]>) -> Result<Viewer> {
        let Some(header) = authorization else { return Ok(Viewer::Anonymous) };
        let token = std::str::from_utf8(header).ok().and_then(|header| {
            let (scheme, token) = header.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
        });
        let token =
            token.ok_or(Error::Unauthenticated("the Authorization header is not of the form Bearer <token>"))?;
        let mut validation = Validation::new(Algorithm::HS256);
        validation.leeway = CLOCK_LEEWAY_SECONDS;
        validation.validate_nbf = true;
        let claims = jsonwebtoken::decode::<Claims>(token, &self.checking, &validation).map_err(|error| {
            tracing::debug!(%error, "a token was refused");
            match error.kind() {
                jsonwebtoken::errors::ErrorKind::ExpiredSignature => {
                    Error::Unauthenticated("the token has expired; sign in again")
                }
                _ => Error::Unauthenticated("the token is not valid; sign in again"),
            }
        })?;
        Ok(Viewer::User { id: claims.claims.sub, roles: claims.claims.roles })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> Keys {
        Keys::new(&Secret::from("a secret of the tests, long enough".to_owned()))
    }

    #[test]
    fn a_token_reads_back_and_a_wrong_one_is_never_anonymous() -> Result<()> {
        let user = UserId::generate();
        let token = keys().issue(user, vec![PlatformRole::Operator], Duration::from_mins(1))?;
        let viewer = keys().viewer(Some(format!("bearer {token}").as_bytes()))?;
        assert_eq!(viewer, Viewer::User { id: user, roles: vec![PlatformRole::Operator] });
        assert!(viewer.has(PlatformRole::Operator) && !viewer.has(PlatformRole::DataScientist));
        assert_eq!(keys().viewer(None)?, Viewer::Anonymous);
        let forged =
            Keys::new(&Secret::from("another secret".to_owned())).issue(user, vec![], Duration::from_mins(1))?;
        for wrong in [
            String::new(),
            "Basic YTpi".to_owned(),
            "Bearer".to_owned(),
            "Bearer x.y.z".to_owned(),
            format!("Bearer {forged}"),
            format!("Bearer {token}x"),
        ] {
            assert!(
                matches!(keys().viewer(Some(wrong.as_bytes())), Err(Error::Unauthenticated(_))),
                "{wrong} was accepted"
            );
        }
        Ok(())
    }
}
