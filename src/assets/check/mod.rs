//! What a file has to be, whatever its name says: it is looked at before anybody gets to see it.

mod image;
mod mp4;
mod source;
mod webvtt;
mod whole;

pub(super) use image::decoded;
pub(super) use source::Source;
pub(super) use webvtt::{Cue, cues};

use neo4rs::BoltType;

use super::types::AssetKind;
use crate::graph::map;
use crate::mutation::UserErrorCode;
use crate::scope::or_null;
use crate::storage::StorageError;

/// Why a file is not taken.
#[derive(Debug, Clone)]
pub(super) struct Refusal {
    pub(super) code: UserErrorCode,
    pub(super) message: String,
}

impl Refusal {
    pub(super) fn new(code: UserErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }

    pub(super) fn damaged(message: impl Into<String>) -> Self {
        Self::new(UserErrorCode::DamagedFile, message)
    }

    /// The bytes are not of the kind that was announced.
    fn other_type(content_type: &str) -> Self {
        Self::new(UserErrorCode::WrongContentType, format!("this file is not what it says it is, {content_type}"))
    }
}

/// Why a check came to nothing.
pub(super) enum Failure {
    /// The file is not taken.
    Refused(Refusal),
    /// The S3 server did not answer; the file may be good.
    Storage(StorageError),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

/// What a file says of itself.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Found {
    pub(super) width: Option<i64>,
    pub(super) height: Option<i64>,
    pub(super) duration_ms: Option<i64>,
    pub(super) video_codec: Option<String>,
    pub(super) audio_codec: Option<String>,
}

impl From<Found> for BoltType {
    fn from(found: Found) -> Self {
        map([
            ("width", or_null(found.width)),
            ("height", or_null(found.height)),
            ("durationMs", or_null(found.duration_ms)),
            ("videoCodec", or_null(found.video_codec)),
            ("audioCodec", or_null(found.audio_codec)),
        ])
    }
}

/// Looks at a file by its first bytes, and at what its kind has to have.
pub(super) async fn check(kind: AssetKind, content_type: &str, source: &Source) -> Result<Found, Failure> {
    match kind {
        AssetKind::Image => Ok(image::check(content_type, &source.all().await?)?),
        AssetKind::Video => mp4::check(content_type, source).await,
        AssetKind::Captions => {
            webvtt::check(content_type, &source.all().await?)?;
            Ok(Found::default())
        }
        AssetKind::Data => Ok(data(content_type, &source.all().await?)?),
    }
}

/// Tables and lists: text, and where it says that it is JSON, that.
fn data(content_type: &str, bytes: &[u8]) -> Result<Found, Refusal> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| !text.contains('\0'));
    let text = text.ok_or_else(|| Refusal::other_type(content_type))?;
    if content_type == "application/json" {
        let read = serde_json::from_str::<serde::de::IgnoredAny>(text);
        read.map_err(|error| Refusal::damaged(format!("this is not JSON: {error}")))?;
    }
    Ok(Found::default())
}
