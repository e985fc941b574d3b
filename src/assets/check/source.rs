use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::storage::{Storage, StorageError};

/// Where the bytes of a file are read from.
pub(in crate::assets) enum Source {
    /// All of them, in memory.
    Memory(Vec<u8>),
    /// An object that is read piece by piece.
    Object {
        storage: Storage,
        key: String,
        /// Its size.
        bytes: i64,
    },
}

impl Source {
    /// How many there are.
    pub(super) fn len(&self) -> u64 {
        match self {
            Self::Memory(bytes) => u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            Self::Object { bytes, .. } => u64::try_from(*bytes).unwrap_or_default(),
        }
    }

    /// Some of them, fewer at the end.
    pub(super) async fn read(&self, from: u64, count: u64) -> Result<Vec<u8>, StorageError> {
        let count = count.min(self.len().saturating_sub(from));
        match self {
            _ if count == 0 => Ok(Vec::new()),
            Self::Memory(bytes) => {
                let from = usize::try_from(from).unwrap_or(usize::MAX);
                let count = usize::try_from(count).unwrap_or(usize::MAX);
                Ok(bytes.get(from..from.saturating_add(count)).unwrap_or_default().to_vec())
            }
            Self::Object { storage, key, .. } => {
                let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
                storage.read_range(key, number(from), number(count)).await
            }
        }
    }

    /// Their SHA-256, in base 64.
    pub(in crate::assets) async fn sha256(&self) -> Result<String, StorageError> {
        match self {
            Self::Memory(bytes) => Ok(STANDARD.encode(Sha256::digest(bytes))),
            Self::Object { storage, key, bytes } => storage.sha256(key, *bytes).await,
        }
    }

    /// All of them. The limits of kinds whose files are read as a whole say how many those are.
    pub(in crate::assets) async fn all(&self) -> Result<Cow<'_, [u8]>, StorageError> {
        match self {
            Self::Memory(bytes) => Ok(Cow::Borrowed(bytes)),
            Self::Object { .. } => Ok(Cow::Owned(self.read(0, self.len()).await?)),
        }
    }
}
