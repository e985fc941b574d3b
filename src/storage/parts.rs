//! Objects that somebody else uploads: whole, or part by part by addresses that are signed one by one.

use std::time::Duration;

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::presigning::PresignedRequest;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use super::objects::presigning;
use super::{Storage, StorageError};

/// How much of an object is read at a time while its checksum is computed, in bytes.
const HASH_BYTES: i64 = 8 * 1024 * 1024;

/// A request that somebody else may send for a limited time.
#[derive(Debug, Clone)]
pub struct SignedRequest {
    /// Where to.
    pub url: String,
    /// The headers that have to be sent as they are here, in addition to the length.
    pub headers: Vec<(String, String)>,
    /// Until when.
    pub expires_at: DateTime<Utc>,
}

impl SignedRequest {
    fn new(signed: &PresignedRequest, expires_at: DateTime<Utc>) -> Self {
        let headers = signed.headers().filter(|(name, _)| !["content-length", "host"].contains(name));
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Self { url: signed.uri().to_owned(), headers, expires_at }
    }
}

/// A part of an object that is not put together yet.
#[derive(Debug, Clone)]
pub struct StoredPart {
    /// Its number, from one.
    pub number: i32,
    /// Its size in bytes.
    pub bytes: i64,
    tag: Option<String>,
}

impl Storage {
    /// A request that puts an object of this media type, this many bytes and this SHA-256 (in base 64).
    ///
    /// # Errors
    /// When it cannot be signed.
    pub async fn signed_put(
        &self,
        key: &str,
        (content_type, bytes, checksum): (&str, i64, &str),
        now: DateTime<Utc>,
        lifetime: Duration,
    ) -> Result<SignedRequest, StorageError> {
        let request = self.client.put_object().bucket(&self.bucket).key(key).content_type(content_type);
        let request = request.content_length(bytes).checksum_sha256(checksum);
        let signed = request.presigned(presigning(now, lifetime)?).await;
        let signed = signed.map_err(|error| StorageError::new("signing an address", &error))?;
        Ok(SignedRequest::new(&signed, now + lifetime))
    }

    /// Begins an object that others upload part by part; the answer names the upload.
    ///
    /// # Errors
    /// When the server did not begin it.
    pub async fn begin_parts(&self, key: &str, content_type: &str) -> Result<String, StorageError> {
        let request = self.client.create_multipart_upload().bucket(&self.bucket).key(key).content_type(content_type);
        let begun = request.send().await;
        let begun = begun.map_err(|error| StorageError::new(&format!("beginning {key}"), &error))?;
        Ok(begun.upload_id().unwrap_or_default().to_owned())
    }

    /// A request that puts a part of so many bytes.
    ///
    /// # Errors
    /// When it cannot be signed.
    pub async fn signed_part(
        &self,
        (key, upload): (&str, &str),
        (number, bytes): (i32, i64),
        now: DateTime<Utc>,
        lifetime: Duration,
    ) -> Result<SignedRequest, StorageError> {
        let request = self.client.upload_part().bucket(&self.bucket).key(key).upload_id(upload);
        let request = request.part_number(number).content_length(bytes);
        let signed = request.presigned(presigning(now, lifetime)?).await;
        let signed = signed.map_err(|error| StorageError::new("signing an address", &error))?;
        Ok(SignedRequest::new(&signed, now + lifetime))
    }

    /// The parts that are there, by their numbers; none of an upload that has ended.
    ///
    /// # Errors
    /// When the server does not say.
    pub async fn parts(&self, key: &str, upload: &str) -> Result<Vec<StoredPart>, StorageError> {
        let mut parts = Vec::new();
        let mut after = None;
        loop {
            let request = self.client.list_parts().bucket(&self.bucket).key(key).upload_id(upload);
            let listed = match request.set_part_number_marker(after).send().await {
                Ok(listed) => listed,
                Err(SdkError::ServiceError(error)) if error.err().code() == Some("NoSuchUpload") => return Ok(parts),
                Err(error) => return Err(StorageError::new(&format!("listing the parts of {key}"), &error)),
            };
            parts.extend(listed.parts().iter().map(|part| StoredPart {
                number: part.part_number().unwrap_or_default(),
                bytes: part.size().unwrap_or_default(),
                tag: part.e_tag().map(str::to_owned),
            }));
            after = listed.next_part_number_marker().map(str::to_owned);
            if !listed.is_truncated().unwrap_or_default() || after.is_none() {
                parts.sort_by_key(|part| part.number);
                return Ok(parts);
            }
        }
    }

    /// Puts parts together to the object. The addresses of its parts lead nowhere afterwards.
    ///
    /// # Errors
    /// When the server did not confirm it.
    pub async fn join_parts(&self, key: &str, upload: &str, parts: Vec<StoredPart>) -> Result<(), StorageError> {
        let parts = parts
            .into_iter()
            .map(|part| CompletedPart::builder().part_number(part.number).set_e_tag(part.tag).build())
            .collect();
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
        let request = self.client.complete_multipart_upload().bucket(&self.bucket).key(key).upload_id(upload);
        let joined = request.multipart_upload(parts).send().await;
        joined.map(drop).map_err(|error| StorageError::new(&format!("putting {key} together"), &error))
    }

    /// Throws the parts of an object away; of one that is finished, or thrown away already, nothing is left to throw away.
    ///
    /// # Errors
    /// When the server did not confirm it.
    pub async fn drop_parts(&self, key: &str, upload: &str) -> Result<(), StorageError> {
        match self.client.abort_multipart_upload().bucket(&self.bucket).key(key).upload_id(upload).send().await {
            Ok(_) => Ok(()),
            // The server that runs beside this one while it is developed denies what it does not know.
            Err(error) if matches!(error.code(), Some("NoSuchUpload" | "AccessDenied")) => Ok(()),
            Err(error) => Err(StorageError::new(&format!("giving up {key}"), &error)),
        }
    }

    /// So many bytes of an object, fewer at its end.
    ///
    /// # Errors
    /// When they are not there, or the server does not give them.
    pub async fn read_range(&self, key: &str, from: i64, bytes: i64) -> Result<Vec<u8>, StorageError> {
        let range = format!("bytes={from}-{}", from.saturating_add(bytes.max(1)) - 1);
        let answer = self.client.get_object().bucket(&self.bucket).key(key).range(range).send().await;
        let answer = answer.map_err(|error| StorageError::new(&format!("reading {key}"), &error))?;
        let bytes = answer.body.collect().await;
        Ok(bytes.map_err(|error| StorageError::new(&format!("reading {key}"), &error))?.to_vec())
    }

    /// The SHA-256 of an object of so many bytes, in base 64. It is read piece by piece.
    ///
    /// # Errors
    /// When the server does not give it.
    pub async fn sha256(&self, key: &str, bytes: i64) -> Result<String, StorageError> {
        let (mut hasher, mut from) = (Sha256::new(), 0);
        while from < bytes {
            let piece = self.read_range(key, from, HASH_BYTES.min(bytes - from)).await?;
            from += i64::try_from(piece.len()).unwrap_or(i64::MAX);
            if piece.is_empty() {
                break;
            }
            hasher.update(&piece);
            tokio::task::yield_now().await;
        }
        Ok(STANDARD.encode(hasher.finalize()))
    }
}
