//! Documents that the server knows by their SHA-256 hash: those that clients have sent before (automatic
//! persisted queries), and those of a manifest (trusted documents).
//!
//! A client names a document by `extensions.persistedQuery.sha256Hash`
//! (<https://www.apollographql.com/docs/apollo-server/performance/apq>) or by `documentId`, which is
//! `sha256:` and the hash
//! (<https://github.com/graphql/graphql-over-http/blob/main/spec/Appendix%20A%20--%20Persisted%20Documents.md>).

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use moka::sync::Cache;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::request::Parameters;
use crate::error::{Error, Result};

/// The most that documents of clients may take together, in bytes.
const MAX_PERSISTED_BYTES: u64 = 16 * 1024 * 1024;
/// The largest manifest, in bytes.
const MAX_MANIFEST_BYTES: u64 = 64 * 1024 * 1024;
/// What a kept document takes besides its text, in bytes.
const ENTRY_BYTES: usize = 128;

type Hash = [u8; 32];

/// Why a manifest cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("SEEKA_TRUSTED_DOCUMENTS is {path:?}, but it should be a manifest of documents in JSON: {problem}")]
pub struct ManifestError {
    path: PathBuf,
    problem: String,
}

/// The documents that the server knows.
pub struct Documents {
    /// Of the manifest, if there is one; then there are no others.
    trusted: Option<HashMap<Hash, Arc<str>>>,
    persisted: Cache<Hash, Arc<str>>,
}

/// A document that is to be executed.
pub(super) struct Found {
    pub(super) text: Arc<str>,
    /// Its hash, if the client wants it kept.
    keep: Option<Hash>,
}

impl Documents {
    /// No documents yet, but those of the manifest at `trusted`.
    ///
    /// # Errors
    /// When the manifest cannot be read, or names a document by another hash than its own.
    pub fn new(trusted: Option<&Path>) -> Result<Self, ManifestError> {
        let weight = |_: &Hash, text: &Arc<str>| u32::try_from(text.len() + ENTRY_BYTES).unwrap_or(u32::MAX);
        Ok(Self {
            trusted: trusted.map(manifest).transpose()?,
            persisted: Cache::builder().max_capacity(MAX_PERSISTED_BYTES).weigher(weight).build(),
        })
    }

    /// The document that the parameters hold or name.
    pub(super) fn find(&self, parameters: &mut Parameters) -> Result<Found> {
        let named = named(parameters)?;
        let sent = parameters.query.take().filter(|text| !text.trim().is_empty());
        let Some(sent) = sent else {
            let hash = named.ok_or_else(|| Error::BadUserInput("`query` is missing".to_owned()))?;
            let known = match &self.trusted {
                Some(trusted) => trusted.get(&hash).cloned(),
                None => self.persisted.get(&hash),
            };
            return known.map(|text| Found { text, keep: None }).ok_or(Error::PersistedQueryNotFound);
        };
        let hash: Option<Hash> = (named.is_some() || self.trusted.is_some()).then(|| Sha256::digest(&sent).into());
        if named.is_some() && named != hash {
            return Err(Error::BadUserInput("the hash is not that of the document".to_owned()));
        }
        if let (Some(trusted), Some(hash)) = (&self.trusted, hash) {
            let known = trusted.get(&hash).ok_or(Error::DocumentNotTrusted)?;
            return Ok(Found { text: Arc::clone(known), keep: None });
        }
        Ok(Found { text: sent.into(), keep: hash })
    }

    /// Keeps a document that has turned out to be one, and is paid for.
    pub(super) fn keep(&self, found: &Found) {
        if let Some(hash) = found.keep {
            self.persisted.insert(hash, Arc::clone(&found.text));
        }
    }
}

/// The hash that a client names a document by.
fn named(parameters: &Parameters) -> Result<Option<Hash>> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct PersistedQuery {
        version: u32,
        sha256_hash: String,
    }
    let wrong = |what: &str| Error::BadUserInput(format!("`{what}` does not hold a SHA-256 hash"));
    if let Some(id) = &parameters.document_id {
        let hash = id.strip_prefix("sha256:").and_then(parse);
        return hash.map(Some).ok_or_else(|| wrong("documentId"));
    }
    let Some(named) = parameters.extensions.as_ref().and_then(|extensions| extensions.get("persistedQuery")) else {
        return Ok(None);
    };
    let named = PersistedQuery::deserialize(named).ok().filter(|named| named.version == 1);
    let hash = named.and_then(|named| parse(&named.sha256_hash));
    hash.map(Some).ok_or_else(|| wrong("extensions.persistedQuery"))
}

/// Reads 64 hexadecimal digits.
fn parse(text: &str) -> Option<Hash> {
    let mut hash = Hash::default();
    if text.len() != 2 * hash.len() || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (byte, digits) in hash.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(hash)
}

/// The two forms that tools write manifests in.
#[derive(Deserialize)]
#[serde(untagged)]
enum Manifest {
    /// Apollo's: <https://www.apollographql.com/docs/kotlin/advanced/persisted-queries>.
    Operations { operations: Vec<ManifestOperation> },
    /// Relay's and GraphQL Code Generator's: documents by their hash.
    ByHash(HashMap<String, String>),
}

#[derive(Deserialize)]
struct ManifestOperation {
    id: String,
    body: String,
}

fn manifest(path: &Path) -> Result<HashMap<Hash, Arc<str>>, ManifestError> {
    let failed = |problem: String| ManifestError { path: path.to_owned(), problem };
    let size = std::fs::metadata(path).map_err(|error| failed(error.to_string()))?.len();
    if size > MAX_MANIFEST_BYTES {
        return Err(failed(format!("it has {size} bytes, and {MAX_MANIFEST_BYTES} are allowed")));
    }
    let bytes = std::fs::read(path).map_err(|error| failed(error.to_string()))?;
    let manifest = serde_json::from_slice(&bytes).map_err(|error| failed(error.to_string()))?;
    let documents: Vec<(String, String)> = match manifest {
        Manifest::Operations { operations } => operations.into_iter().map(|one| (one.id, one.body)).collect(),
        Manifest::ByHash(documents) => documents.into_iter().collect(),
    };
    let mut trusted = HashMap::new();
    for (id, text) in documents {
        let hash: Hash = Sha256::digest(&text).into();
        if parse(id.strip_prefix("sha256:").unwrap_or(&id)) != Some(hash) {
            return Err(failed(format!("{id:?} is not the SHA-256 hash of its document")));
        }
        trusted.insert(hash, text.into());
    }
    Ok(trusted)
}
