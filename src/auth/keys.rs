//! The keys that sign and check access tokens.
//!
//! They are Ed25519 keys in a file of PEM blocks. The first signs, and it and the second check, so that tokens go on
//! holding after a rotation. A running server takes up a changed file by itself.

mod file;
mod ring;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, Header, Validation};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

pub use self::ring::PublicKey;

use self::file::KeysFile;
use self::ring::Ring;
use super::{PlatformRole, SignedIn, SignedInBy};
use crate::error::{Error, Result};
use crate::id::{SessionId, TenantId, UserId};
use crate::local::{StartError, kept_text};

/// The audience of access tokens: the API of this platform.
const AUDIENCE: &str = "seeka";
/// The type of access tokens (RFC 9068, section 2.1), which keeps other tokens of the same keys apart from them.
const TYPE: &str = "at+jwt";
/// The audience of tokens that show a preview.
const PREVIEW_AUDIENCE: &str = "seeka-preview";
/// The type of tokens that show a preview, which keeps them apart from all others.
const PREVIEW_TYPE: &str = "preview+jwt";
/// How far the clocks of two servers may differ, in seconds.
const CLOCK_LEEWAY_SECONDS: u64 = 5;

/// What an access token says (RFC 7519, RFC 9068).
#[derive(Serialize, Deserialize)]
struct Claims {
    /// The platform that made the token.
    iss: String,
    /// Whom the token is for.
    aud: String,
    /// Whose token it is.
    sub: UserId,
    /// The session that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sid: Option<SessionId>,
    /// When it was made, in seconds since 1970.
    iat: i64,
    /// When it ends, in seconds since 1970.
    exp: i64,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    roles: Vec<PlatformRole>,
}

/// What the token of a preview says (RFC 7519).
#[derive(Serialize, Deserialize)]
struct PreviewClaims {
    iss: String,
    aud: String,
    /// Who shares the preview.
    sub: UserId,
    /// The tenant.
    tid: TenantId,
    /// Its slug when the token was made.
    tenant: String,
    iat: i64,
    exp: i64,
}

/// A token that was made.
pub struct Issued {
    /// The token.
    pub token: String,
    /// Until when it holds.
    pub expires_at: DateTime<Utc>,
}

/// Why the keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeysFailure {
    /// The file cannot be read.
    #[error("the signing keys {} cannot be read: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file of a local server can be neither read nor made.
    #[error(transparent)]
    Local(#[from] StartError),
    /// The file holds something else.
    #[error("{} holds no Ed25519 private key; `openssl genpkey -algorithm ed25519` makes one", path.display())]
    NoKey {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be written.
    #[error("the signing keys {} cannot be written, so they stay as they are: {source}", path.display())]
    NotWritten {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The machine gives no random numbers.
    #[error("a signing key cannot be made")]
    NotMade,
}

/// The keys that sign and check access tokens.
pub struct Keys {
    issuer: String,
    file: KeysFile,
}

impl Keys {
    /// Reads the keys of a file of PEM blocks, the first of which signs.
    ///
    /// # Errors
    /// When it holds none.
    pub fn read(path: &Path, issuer: &str) -> std::result::Result<Self, KeysFailure> {
        Ok(Self { issuer: issuer.to_owned(), file: KeysFile::open(path)? })
    }

    /// The same, after making the file with a fresh key if it is not there.
    ///
    /// # Errors
    /// When it is not there and cannot be made, and as [`Keys::read`].
    pub fn read_or_make(path: &Path, issuer: &str) -> std::result::Result<Self, KeysFailure> {
        let fresh = Ring::rotated(None)?.pem();
        kept_text(path, || fresh)?;
        Self::read(path, issuer)
    }

    /// Puts a fresh key in front of those of a file, keeps the one that has signed so far, and drops those before it.
    /// Without a file, one is made. Returns what everybody may know of the keys, the one that signs first.
    ///
    /// # Errors
    /// When the file holds something else or cannot be written; it is as it was then.
    pub fn rotate(path: &Path) -> std::result::Result<Vec<PublicKey>, KeysFailure> {
        Ok(file::rotate(path)?.public())
    }

    /// What everybody may know of the keys, the one that signs first.
    #[must_use]
    pub fn public(&self) -> Vec<PublicKey> {
        self.file.ring().public()
    }

    /// Makes an access token for a user.
    ///
    /// # Errors
    /// When the signature cannot be made.
    pub fn issue(&self, user: &SignedIn, now: DateTime<Utc>, lifetime: Duration) -> Result<Issued> {
        let lifetime = i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX);
        let (iat, exp) = (now.timestamp(), now.timestamp().saturating_add(lifetime));
        let (sub, sid, roles) = (user.id, user.session(), user.roles.clone());
        let claims = Claims { iss: self.issuer.clone(), aud: AUDIENCE.to_owned(), sub, sid, iat, exp, roles };
        let token = self.signed(TYPE, &claims)?;
        Ok(Issued { token, expires_at: DateTime::from_timestamp(exp, 0).unwrap_or(now) })
    }

    /// Makes a token that shows the preview of a tenant to whoever has it.
    ///
    /// # Errors
    /// When the signature cannot be made.
    pub fn issue_preview(
        &self,
        by: UserId,
        (id, slug): (TenantId, &str),
        now: DateTime<Utc>,
        lifetime: Duration,
    ) -> Result<Issued> {
        let lifetime = i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX);
        let (iat, exp) = (now.timestamp(), now.timestamp().saturating_add(lifetime));
        let (iss, aud) = (self.issuer.clone(), PREVIEW_AUDIENCE.to_owned());
        let token = self
            .signed(PREVIEW_TYPE, &PreviewClaims { iss, aud, sub: by, tid: id, tenant: slug.to_owned(), iat, exp })?;
        Ok(Issued { token, expires_at: DateTime::from_timestamp(exp, 0).unwrap_or(now) })
    }

    fn signed(&self, token_type: &str, claims: &impl Serialize) -> Result<String> {
        let ring = self.file.ring();
        let key = ring.signing();
        let (kid, typ) = (Some(key.id.clone()), Some(token_type.to_owned()));
        let header = Header { kid, typ, ..Header::new(Algorithm::EdDSA) };
        jsonwebtoken::encode(&header, claims, &key.signing).map_err(Error::internal)
    }

    /// The tenant whose preview a token shows, and the slug that it had when the token was made.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` when it does not hold.
    pub fn check_preview(&self, token: &str) -> Result<(TenantId, String)> {
        let refused = || Error::Unauthenticated("the link to this preview is not valid, or has expired");
        let claims = self.claims::<PreviewClaims>(token, (PREVIEW_TYPE, PREVIEW_AUDIENCE)).map_err(|_| refused())?;
        Ok((claims.tid, claims.tenant))
    }

    /// Whom an access token names.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` when it does not hold.
    pub fn check(&self, token: &str) -> Result<SignedIn> {
        let Claims { sub, sid, roles, .. } = self.claims::<Claims>(token, (TYPE, AUDIENCE))?;
        Ok(SignedIn { id: sub, by: sid.map_or(SignedInBy::CommandLine, SignedInBy::Session), roles })
    }

    /// What a token of this type and audience says.
    fn claims<C: DeserializeOwned>(&self, token: &str, (token_type, audience): (&str, &str)) -> Result<C> {
        let refused = || Error::Unauthenticated("the token is not valid; sign in again");
        let header = jsonwebtoken::decode_header(token).map_err(|_| refused())?;
        if !is_of_type(&header, token_type) {
            return Err(refused());
        }
        let kid = header.kid.ok_or_else(refused)?;
        let mut ring = self.file.ring();
        if ring.find(&kid).is_none() {
            ring = self.file.ring_anew();
        }
        let key = ring.find(&kid).ok_or_else(refused)?;
        // The key says which algorithm it is, not the token.
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.leeway = CLOCK_LEEWAY_SECONDS;
        validation.validate_nbf = true;
        validation.set_audience(&[audience]);
        validation.set_issuer(&[&self.issuer]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        let claims = jsonwebtoken::decode::<C>(token, &key.checking, &validation).map_err(|error| {
            tracing::debug!(%error, "a token was refused");
            match error.kind() {
                jsonwebtoken::errors::ErrorKind::ExpiredSignature => {
                    Error::Unauthenticated("the token has expired; refresh the session or sign in again")
                }
                _ => refused(),
            }
        })?;
        Ok(claims.claims)
    }
}

/// Whether a header is that of a token of this type. The library reads `typ` and `crit` without judging them.
fn is_of_type(header: &Header, kind: &str) -> bool {
    let is_typed = header.typ.as_ref().is_some_and(|found| found.eq_ignore_ascii_case(kind));
    // Whoever does not understand what is critical has to refuse (RFC 7515, section 4.1.11), and we know of nothing.
    is_typed && header.crit.is_none()
}
