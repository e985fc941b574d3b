use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{PlatformRole, SignedIn, SignedInBy};
use crate::error::{Error, Result};
use crate::id::{SessionId, UserId};
use crate::local::{StartError, kept_text};

/// The audience of access tokens: the API of this platform.
const AUDIENCE: &str = "seeka";
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
    #[error("the signing keys {path} cannot be read: {source}")]
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
    #[error("{path} holds no Ed25519 private key; `openssl genpkey -algorithm ed25519` makes one")]
    NoKey {
        /// The file.
        path: PathBuf,
    },
    /// The machine gives no random numbers.
    #[error("a signing key cannot be made")]
    NotMade,
}

/// A key pair; the algorithm of its tokens is `EdDSA` (RFC 8037) and no other.
struct Key {
    /// The thumbprint of the public key (RFC 7638).
    id: String,
    signing: EncodingKey,
    checking: DecodingKey,
}

/// The keys that sign and check access tokens.
pub struct Keys {
    issuer: String,
    /// The first signs; all of them check.
    keys: Vec<Key>,
}

impl Keys {
    /// Reads the keys of a file of PEM blocks, the first of which signs.
    ///
    /// # Errors
    /// When it holds none.
    pub fn read(path: &Path, issuer: &str) -> std::result::Result<Self, KeysFailure> {
        let pem = fs::read_to_string(path).map_err(|source| KeysFailure::File { path: path.to_owned(), source })?;
        Self::parse(&pem, path, issuer)
    }

    fn parse(pem: &str, path: &Path, issuer: &str) -> std::result::Result<Self, KeysFailure> {
        let no_key = || KeysFailure::NoKey { path: path.to_owned() };
        let blocks = PrivatePkcs8KeyDer::pem_slice_iter(pem.as_bytes()).collect::<std::result::Result<Vec<_>, _>>();
        let keys: Option<Vec<_>> =
            blocks.map_err(|_| no_key())?.iter().map(|block| Key::read(block.secret_pkcs8_der())).collect();
        let keys: Vec<Key> = keys.ok_or_else(no_key)?;
        if keys.is_empty() { Err(no_key()) } else { Ok(Self { issuer: issuer.to_owned(), keys }) }
    }

    /// The same, after making the file with a fresh key if it is not there.
    ///
    /// # Errors
    /// When it is not there and cannot be made, and as [`Keys::read`].
    pub fn read_or_make(path: &Path, issuer: &str) -> std::result::Result<Self, KeysFailure> {
        let fresh = fresh_pem()?;
        Self::parse(&kept_text(path, || fresh)?, path, issuer)
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
        // There is at least one key.
        let key = &self.keys[0];
        let header = Header { kid: Some(key.id.clone()), ..Header::new(Algorithm::EdDSA) };
        let token = jsonwebtoken::encode(&header, &claims, &key.signing).map_err(Error::internal)?;
        Ok(Issued { token, expires_at: DateTime::from_timestamp(exp, 0).unwrap_or(now) })
    }

    /// Whom an access token names.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` when it does not hold.
    pub fn check(&self, token: &str) -> Result<SignedIn> {
        let refused = || Error::Unauthenticated("the token is not valid; sign in again");
        let header = jsonwebtoken::decode_header(token).map_err(|_| refused())?;
        let key = header.kid.and_then(|kid| self.keys.iter().find(|key| key.id == kid)).ok_or_else(refused)?;
        // The key says which algorithm it is, not the token.
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.leeway = CLOCK_LEEWAY_SECONDS;
        validation.validate_nbf = true;
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&[&self.issuer]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        let claims = jsonwebtoken::decode::<Claims>(token, &key.checking, &validation).map_err(|error| {
            tracing::debug!(%error, "a token was refused");
            match error.kind() {
                jsonwebtoken::errors::ErrorKind::ExpiredSignature => {
                    Error::Unauthenticated("the token has expired; refresh the session or sign in again")
                }
                _ => refused(),
            }
        })?;
        let Claims { sub, sid, roles, .. } = claims.claims;
        Ok(SignedIn { id: sub, by: sid.map_or(SignedInBy::CommandLine, SignedInBy::Session), roles })
    }
}

impl Key {
    fn read(pkcs8: &[u8]) -> Option<Self> {
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(pkcs8).ok()?;
        let x = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
        // The members of a thumbprint stand in the order of their names.
        let id = URL_SAFE_NO_PAD.encode(Sha256::digest(format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#)));
        let checking = DecodingKey::from_ed_components(&x).ok()?;
        Some(Self { id, signing: EncodingKey::from_ed_der(pkcs8), checking })
    }
}

/// A fresh private key as a PEM block.
fn fresh_pem() -> std::result::Result<String, KeysFailure> {
    let pair = Ed25519KeyPair::generate().map_err(|_| KeysFailure::NotMade)?;
    let pkcs8 = pair.to_pkcs8v1().map_err(|_| KeysFailure::NotMade)?;
    Ok(format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", STANDARD.encode(pkcs8.as_ref())))
}
