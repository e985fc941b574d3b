use std::path::Path;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{DecodingKey, EncodingKey};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::KeysFailure;

/// The most keys that are valid at once: the one that signs, and the one before it, whose tokens still hold.
pub(super) const MAX_KEYS: usize = 2;
/// The length of a line of a PEM block, in characters (RFC 7468).
const PEM_LINE_CHARACTERS: usize = 64;

/// A key pair; the algorithm of its tokens is `EdDSA` (RFC 8037) and no other.
pub(super) struct Key {
    /// The thumbprint of the public key (RFC 7638).
    pub(super) id: String,
    /// The public key, as base 64.
    x: String,
    /// The private key in its PEM block, as it is kept in the file.
    pem: String,
    pub(super) signing: EncodingKey,
    pub(super) checking: DecodingKey,
}

/// What everybody may know of a key: a member of a JSON Web Key Set (RFC 7517, RFC 8037).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PublicKey {
    kty: &'static str,
    crv: &'static str,
    x: String,
    /// What tokens call the key by: its thumbprint (RFC 7638).
    pub kid: String,
    #[serde(rename = "use")]
    purpose: &'static str,
    alg: &'static str,
}

/// The keys that are valid at once; there is at least one.
pub(super) struct Ring {
    /// The first signs; all of them check.
    keys: Vec<Key>,
    /// How many more the file holds.
    pub(super) unused: usize,
}

impl Ring {
    /// Reads PEM blocks. `path` is where they come from.
    pub(super) fn parse(pem: &str, path: &Path) -> Result<Self, KeysFailure> {
        let no_key = || KeysFailure::NoKey { path: path.to_owned() };
        let blocks = PrivatePkcs8KeyDer::pem_slice_iter(pem.as_bytes()).collect::<Result<Vec<_>, _>>();
        let blocks = blocks.map_err(|_| no_key())?;
        let mut keys: Vec<Key> = Vec::new();
        let mut unused = 0;
        for block in &blocks {
            let key = Key::read(block.secret_pkcs8_der()).ok_or_else(no_key)?;
            // A key that stands there twice is still one.
            if keys.iter().any(|other| other.id == key.id) {
                continue;
            }
            if keys.len() < MAX_KEYS { keys.push(key) } else { unused += 1 }
        }
        if keys.is_empty() { Err(no_key()) } else { Ok(Self { keys, unused }) }
    }

    /// A fresh key in front of the one of `before` that has signed so far; older ones are left out.
    pub(super) fn rotated(before: Option<Self>) -> Result<Self, KeysFailure> {
        let fresh = Key::fresh()?;
        let kept = before.into_iter().flat_map(|ring| ring.keys).take(MAX_KEYS - 1);
        Ok(Self { keys: std::iter::once(fresh).chain(kept).collect(), unused: 0 })
    }

    /// The key that signs.
    pub(super) fn signing(&self) -> &Key {
        // There is at least one key.
        &self.keys[0]
    }

    /// The key that a token names.
    pub(super) fn find(&self, id: &str) -> Option<&Key> {
        self.keys.iter().find(|key| key.id == id)
    }

    /// What everybody may know of the keys, the one that signs first.
    pub(super) fn public(&self) -> Vec<PublicKey> {
        self.keys.iter().map(Key::public).collect()
    }

    /// The text of a file that holds these keys.
    pub(super) fn pem(&self) -> String {
        self.keys.iter().map(|key| key.pem.as_str()).collect()
    }
}

impl Key {
    fn read(pkcs8: &[u8]) -> Option<Self> {
        let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(pkcs8).ok()?;
        let x = URL_SAFE_NO_PAD.encode(pair.public_key().as_ref());
        // The members of a thumbprint stand in the order of their names.
        let id = URL_SAFE_NO_PAD.encode(Sha256::digest(format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#)));
        let checking = DecodingKey::from_ed_components(&x).ok()?;
        Some(Self { id, x, pem: pem_block(pkcs8), signing: EncodingKey::from_ed_der(pkcs8), checking })
    }

    fn fresh() -> Result<Self, KeysFailure> {
        let pair = Ed25519KeyPair::generate().map_err(|_| KeysFailure::NotMade)?;
        let pkcs8 = pair.to_pkcs8v1().map_err(|_| KeysFailure::NotMade)?;
        Self::read(pkcs8.as_ref()).ok_or(KeysFailure::NotMade)
    }

    fn public(&self) -> PublicKey {
        let (x, kid) = (self.x.clone(), self.id.clone());
        PublicKey { kty: "OKP", crv: "Ed25519", x, kid, purpose: "sig", alg: "EdDSA" }
    }
}

fn pem_block(pkcs8: &[u8]) -> String {
    let mut block = "-----BEGIN PRIVATE KEY-----\n".to_owned();
    for (number, character) in STANDARD.encode(pkcs8).chars().enumerate() {
        if number > 0 && number.is_multiple_of(PEM_LINE_CHARACTERS) {
            block.push('\n');
        }
        block.push(character);
    }
    block.push_str("\n-----END PRIVATE KEY-----\n");
    block
}
