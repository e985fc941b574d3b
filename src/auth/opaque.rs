use std::fmt;

use aws_lc_rs::rand;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

/// The length of a random secret, in bytes: nobody guesses 256 bits, so a plain hash keeps it as well as a slow one.
const SECRET_BYTES: usize = 32;

/// A random secret that is shown to somebody once and kept as its hash: URL-safe base 64 of 32 bytes.
#[derive(Clone)]
pub struct Opaque(String);

impl Opaque {
    /// A fresh secret.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn generate() -> Result<Self> {
        let mut bytes = [0_u8; SECRET_BYTES];
        rand::fill(&mut bytes).map_err(Error::internal)?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// A secret as somebody presents it: whether it is one, its hash says.
    #[must_use]
    pub fn presented(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The secret itself.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    #[must_use]
    pub fn hash(&self) -> String {
        hash_of(&self.0)
    }
}

impl fmt::Debug for Opaque {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Opaque(…)")
    }
}

/// Whether a text has the form of a secret, so that it may be one.
pub(super) fn is_secret(text: &str) -> bool {
    // Longer texts are not even looked at.
    text.len() <= 2 * SECRET_BYTES && URL_SAFE_NO_PAD.decode(text).is_ok_and(|bytes| bytes.len() == SECRET_BYTES)
}

/// The hash of a secret as somebody presents it: SHA-256 in URL-safe base 64. Secrets are looked up and compared by
/// it, so the time that takes says nothing about the secret.
#[must_use]
pub fn hash_of(presented: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(presented.as_bytes()))
}
