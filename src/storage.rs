//! Files: an S3 bucket, reached with `aws-sdk-s3` wherever it is.

mod objects;
mod parts;

use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{
    BehaviorVersion, Credentials, Region, RequestChecksumCalculation, ResponseChecksumValidation,
};
use aws_sdk_s3::error::DisplayErrorContext;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use chrono::{DateTime, Utc};
use url::Url;

pub use objects::Upload;
pub use parts::{SignedRequest, StoredPart};

use crate::config::Secret;

/// Where the bucket is and how it is reached.
#[derive(Debug, Clone)]
pub struct StorageSettings {
    /// The server's address; `None` means Amazon S3.
    pub endpoint: Option<String>,
    /// The bucket's name.
    pub bucket: String,
    /// The bucket's region.
    pub region: String,
    /// Access key id and secret.
    pub credentials: (String, Secret),
    /// Session token of temporary credentials.
    pub session_token: Option<Secret>,
    /// The limit of one request, its retries included.
    pub timeout: Duration,
    /// How long the address of an asset can be used.
    pub url_lifetime: Duration,
    /// A content delivery network that serves the bucket.
    pub cdn: Option<Url>,
}

/// An answer of the S3 server that is not the expected one. The text says which request it was.
#[derive(Debug, thiserror::Error)]
#[error("S3: {0}")]
pub struct StorageError(String);

impl StorageError {
    fn new(what: &str, error: &(dyn std::error::Error + 'static)) -> Self {
        Self(format!("{what}: {}", DisplayErrorContext(error)))
    }
}

/// An address that a browser can open.
#[derive(Debug, Clone)]
pub struct AssetUrl {
    /// The address.
    pub url: String,
    /// Until when it works; `None` when it does not end.
    pub expires_at: Option<DateTime<Utc>>,
}

/// The bucket. Cheap to clone.
#[derive(Clone)]
pub struct Storage {
    client: Client,
    bucket: String,
    url_lifetime: Duration,
    cdn: Option<Url>,
}

impl Storage {
    /// Prepares the client; nothing is sent.
    #[must_use]
    pub fn new(settings: StorageSettings) -> Self {
        let (key_id, secret) = settings.credentials;
        let session = settings.session_token.map(|token| token.expose().to_owned());
        let mut config = aws_sdk_s3::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(settings.region))
            .credentials_provider(Credentials::new(key_id, secret.expose(), session, None, "seeka"))
            // S3 servers other than Amazon's address buckets by path and know few of the newer checksums.
            .force_path_style(settings.endpoint.is_some())
            .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            .retry_config(RetryConfig::standard())
            .timeout_config(TimeoutConfig::builder().operation_timeout(settings.timeout).build());
        if let Some(endpoint) = settings.endpoint {
            config = config.endpoint_url(endpoint);
        }
        Self {
            client: Client::from_conf(config.build()),
            bucket: settings.bucket,
            url_lifetime: settings.url_lifetime,
            cdn: settings.cdn,
        }
    }

    /// Checks that the bucket is there and may be read.
    ///
    /// # Errors
    /// When it is not.
    pub async fn check(&self) -> Result<(), StorageError> {
        let answer = self.client.head_bucket().bucket(&self.bucket).send().await;
        answer.map(drop).map_err(|error| StorageError::new(&format!("the bucket {:?}", self.bucket), &error))
    }

    /// Makes the bucket if it is not there.
    ///
    /// # Errors
    /// When it is not there and cannot be made.
    pub async fn ensure_bucket(&self) -> Result<(), StorageError> {
        if self.check().await.is_ok() {
            return Ok(());
        }
        let answer = self.client.create_bucket().bucket(&self.bucket).send().await;
        answer.map(drop).map_err(|error| StorageError::new(&format!("making the bucket {:?}", self.bucket), &error))
    }

    /// Writes an object, replacing one with the same key.
    ///
    /// # Errors
    /// When the server did not confirm it.
    pub async fn put(&self, key: &str, content_type: &str, bytes: Vec<u8>) -> Result<(), StorageError> {
        let request = self.client.put_object().bucket(&self.bucket).key(key).content_type(content_type);
        let answer = request.body(ByteStream::from(bytes)).send().await;
        answer.map(drop).map_err(|error| StorageError::new(&format!("writing {key}"), &error))
    }

    /// The address of an object: signed and limited in time, or on the delivery network. It works for at least
    /// three quarters of its lifetime.
    ///
    /// # Errors
    /// When the address cannot be signed.
    pub async fn url(&self, key: &str, now: DateTime<Utc>) -> Result<AssetUrl, StorageError> {
        if let Some(cdn) = &self.cdn {
            let mut url = cdn.clone();
            if let Ok(mut path) = url.path_segments_mut() {
                path.pop_if_empty().extend(key.split('/'));
            }
            return Ok(AssetUrl { url: url.into(), expires_at: None });
        }
        let now = period_of(now, self.url_lifetime);
        let presigning = PresigningConfig::builder().start_time(now.into()).expires_in(self.url_lifetime).build();
        let presigning = presigning.map_err(|error| StorageError::new("signing an address", &error))?;
        let request = self.client.get_object().bucket(&self.bucket).key(key);
        let signed = request.presigned(presigning).await;
        let signed = signed.map_err(|error| StorageError::new("signing an address", &error))?;
        Ok(AssetUrl { url: signed.uri().to_owned(), expires_at: Some(now + self.url_lifetime) })
    }
}

/// The beginning of the quarter of a lifetime that `now` falls into. Addresses that are signed for it are the
/// same for everybody meanwhile, so browsers keep the files and a repeated query has the same answer.
fn period_of(now: DateTime<Utc>, lifetime: Duration) -> DateTime<Utc> {
    let period = i64::try_from(lifetime.as_secs() / 4).unwrap_or(i64::MAX).max(1);
    let seconds = now.timestamp();
    DateTime::from_timestamp(seconds - seconds.rem_euclid(period), 0).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_stays_the_same_for_a_quarter_of_its_lifetime() {
        let at = |seconds| DateTime::from_timestamp(seconds, 999).unwrap_or_default();
        let hour = Duration::from_hours(1);
        assert_eq!(period_of(at(1_800), hour), period_of(at(2_699), hour));
        assert_eq!(period_of(at(2_700), hour).timestamp(), 2_700);
        assert_eq!(period_of(at(7), Duration::from_secs(1)).timestamp(), 7);
    }
}
