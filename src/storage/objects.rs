use std::time::Duration;

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use chrono::{DateTime, Utc};

use super::{AssetUrl, Storage, StorageError};

/// The most objects that are listed at a time.
const LIST_PAGE: i32 = 1_000;

impl Storage {
    /// An address that takes an object of this media type and this many bytes by `PUT`, for a limited time.
    ///
    /// # Errors
    /// When the address cannot be signed.
    pub async fn upload_url(
        &self,
        key: &str,
        content_type: &str,
        bytes: i64,
        now: DateTime<Utc>,
        lifetime: Duration,
    ) -> Result<AssetUrl, StorageError> {
        let request =
            self.client.put_object().bucket(&self.bucket).key(key).content_type(content_type).content_length(bytes);
        let signed = request.presigned(presigning(now, lifetime)?).await;
        let signed = signed.map_err(|error| StorageError::new("signing an address", &error))?;
        Ok(AssetUrl { url: signed.uri().to_owned(), expires_at: Some(now + lifetime) })
    }

    /// An address of an object that a browser saves as a file of this name, for a limited time. It never leads to a
    /// delivery network, which would keep what is private.
    ///
    /// # Errors
    /// When the address cannot be signed.
    pub async fn download_url(
        &self,
        key: &str,
        file_name: &str,
        now: DateTime<Utc>,
        lifetime: Duration,
    ) -> Result<AssetUrl, StorageError> {
        let request = self.client.get_object().bucket(&self.bucket).key(key);
        let request = request.response_content_disposition(format!("attachment; filename=\"{file_name}\""));
        let signed = request.presigned(presigning(now, lifetime)?).await;
        let signed = signed.map_err(|error| StorageError::new("signing an address", &error))?;
        Ok(AssetUrl { url: signed.uri().to_owned(), expires_at: Some(now + lifetime) })
    }

    /// The size of an object in bytes, or `None` if there is none.
    ///
    /// # Errors
    /// When the server does not say.
    pub async fn size(&self, key: &str) -> Result<Option<i64>, StorageError> {
        match self.client.head_object().bucket(&self.bucket).key(key).send().await {
            Ok(head) => Ok(Some(head.content_length().unwrap_or_default())),
            Err(SdkError::ServiceError(error)) if error.err().is_not_found() => Ok(None),
            Err(error) => Err(StorageError::new(&format!("looking at {key}"), &error)),
        }
    }

    /// The first bytes of an object, at most so many.
    ///
    /// # Errors
    /// When it is not there, or the server does not give it.
    pub async fn read(&self, key: &str, most: i64) -> Result<Vec<u8>, StorageError> {
        let range = format!("bytes=0-{}", most.saturating_sub(1).max(0));
        let answer = self.client.get_object().bucket(&self.bucket).key(key).range(range).send().await;
        let answer = answer.map_err(|error| StorageError::new(&format!("reading {key}"), &error))?;
        let bytes = answer.body.collect().await;
        Ok(bytes.map_err(|error| StorageError::new(&format!("reading {key}"), &error))?.to_vec())
    }

    /// Deletes an object; one that is not there is deleted.
    ///
    /// # Errors
    /// When the server did not confirm it.
    pub async fn delete(&self, key: &str) -> Result<(), StorageError> {
        let answer = self.client.delete_object().bucket(&self.bucket).key(key).send().await;
        answer.map(drop).map_err(|error| StorageError::new(&format!("deleting {key}"), &error))
    }

    /// Deletes all objects whose keys begin with `prefix`, and the parts of those that were never finished.
    ///
    /// # Errors
    /// When the server did not confirm it; some may be deleted then.
    pub async fn delete_below(&self, prefix: &str) -> Result<(), StorageError> {
        self.abort_below(prefix).await?;
        loop {
            let request = self.client.list_objects_v2().bucket(&self.bucket).prefix(prefix).max_keys(LIST_PAGE);
            let listed = request.send().await;
            let listed = listed.map_err(|error| StorageError::new(&format!("listing {prefix}"), &error))?;
            let keys: Vec<&str> = listed.contents().iter().filter_map(|object| object.key()).collect();
            for key in &keys {
                self.delete(key).await?;
            }
            if keys.is_empty() || !listed.is_truncated().unwrap_or_default() {
                return Ok(());
            }
        }
    }

    /// Throws the parts of all objects away that were begun and not finished, and whose keys begin with `prefix`: a server
    /// that was killed leaves them. They are no objects, and no list of objects names them.
    async fn abort_below(&self, prefix: &str) -> Result<(), StorageError> {
        loop {
            let request =
                self.client.list_multipart_uploads().bucket(&self.bucket).prefix(prefix).max_uploads(LIST_PAGE);
            let listed = match request.send().await {
                Ok(listed) => listed,
                // The server that runs beside this one while it is developed has no such list.
                Err(error) if error.code() == Some("NotImplemented") => return Ok(()),
                Err(error) => return Err(StorageError::new(&format!("listing the parts below {prefix}"), &error)),
            };
            for upload in listed.uploads() {
                if let (Some(key), Some(id)) = (upload.key(), upload.upload_id()) {
                    self.abort(key, id).await?;
                }
            }
            if listed.uploads().is_empty() || !listed.is_truncated().unwrap_or_default() {
                return Ok(());
            }
        }
    }

    /// Throws the parts of an object away; one that is finished, or thrown away already, is left as it is.
    async fn abort(&self, key: &str, id: &str) -> Result<(), StorageError> {
        match self.client.abort_multipart_upload().bucket(&self.bucket).key(key).upload_id(id).send().await {
            Ok(_) => Ok(()),
            Err(SdkError::ServiceError(error)) if error.err().is_no_such_upload() => Ok(()),
            Err(error) => Err(StorageError::new(&format!("giving up {key}"), &error)),
        }
    }

    /// Begins an object that is written part by part, for what does not fit into memory.
    ///
    /// # Errors
    /// When the server did not begin it.
    pub async fn begin_upload(&self, key: &str, content_type: &str) -> Result<Upload, StorageError> {
        let request = self.client.create_multipart_upload().bucket(&self.bucket).key(key).content_type(content_type);
        let begun = request.send().await;
        let begun = begun.map_err(|error| StorageError::new(&format!("beginning {key}"), &error))?;
        let id = begun.upload_id().unwrap_or_default().to_owned();
        Ok(Upload { storage: self.clone(), key: key.to_owned(), id, parts: Vec::new(), open: true })
    }
}

pub(super) fn presigning(now: DateTime<Utc>, lifetime: Duration) -> Result<PresigningConfig, StorageError> {
    let presigning = PresigningConfig::builder().start_time(now.into()).expires_in(lifetime).build();
    presigning.map_err(|error| StorageError::new("signing an address", &error))
}

/// An object in the making; it is there only when it is finished. If it is dropped before that, as happens to a request
/// at its limit of time, its parts are thrown away.
pub struct Upload {
    storage: Storage,
    key: String,
    id: String,
    parts: Vec<CompletedPart>,
    /// Whether there are parts that nobody has put together or thrown away.
    open: bool,
}

impl Drop for Upload {
    fn drop(&mut self) {
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        if !self.open {
            return;
        }
        let (storage, key, id) = (self.storage.clone(), std::mem::take(&mut self.key), std::mem::take(&mut self.id));
        runtime.spawn(async move {
            if let Err(error) = storage.abort(&key, &id).await {
                tracing::warn!(%error, "an upload was dropped, and its parts stay until they are swept up");
            }
        });
    }
}

impl Upload {
    /// Writes the next part. All but the last have at least 5 MiB, or S3 does not take them.
    ///
    /// # Errors
    /// When the server did not confirm it.
    pub async fn write(&mut self, bytes: Vec<u8>) -> Result<(), StorageError> {
        let number = i32::try_from(self.parts.len() + 1).unwrap_or(i32::MAX);
        let Storage { client, bucket, .. } = &self.storage;
        let request = client.upload_part().bucket(bucket).key(&self.key).upload_id(&self.id).part_number(number);
        let written = request.body(ByteStream::from(bytes)).send().await;
        let written = written.map_err(|error| StorageError::new(&format!("writing {}", self.key), &error))?;
        let etag = written.e_tag().unwrap_or_default();
        self.parts.push(CompletedPart::builder().part_number(number).e_tag(etag).build());
        Ok(())
    }

    /// Puts the parts together.
    ///
    /// # Errors
    /// When the server did not confirm it.
    pub async fn finish(mut self) -> Result<(), StorageError> {
        let parts = std::mem::take(&mut self.parts);
        let parts = CompletedMultipartUpload::builder().set_parts(Some(parts)).build();
        let Storage { client, bucket, .. } = &self.storage;
        let request = client.complete_multipart_upload().bucket(bucket).key(&self.key).upload_id(&self.id);
        let finished = request.multipart_upload(parts).send().await;
        finished.map_err(|error| StorageError::new(&format!("finishing {}", self.key), &error))?;
        self.open = false;
        Ok(())
    }
}
