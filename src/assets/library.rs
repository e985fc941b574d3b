use async_graphql::{ComplexObject, Context, Enum, SimpleObject};
use serde::Deserialize;

use super::renditions::{Rendition, RenditionKind, renditions};
use super::service::Assets;
use super::types::{AssetKind, AssetVariant, variants};
use crate::error::{Error, Result};
use crate::id::{AssetId, TenantId};
use crate::mutation::{UserError, UserErrorCode};
use crate::scope::Scope;
use crate::time::Timestamp;

/// How far a file has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Enum)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum AssetState {
    /// It is being uploaded.
    Pending,
    /// It has been uploaded, and is being looked at.
    Checking,
    /// It is there, and was found to be good.
    Ready,
    /// It was looked at and is not taken; `refusal` says why. Its bytes are gone.
    Refused,
}

impl AssetState {
    /// All states.
    pub(super) const ALL: [Self; 4] = [Self::Pending, Self::Checking, Self::Ready, Self::Refused];
}

/// A file of a tenant as its members see it, from the beginning of its upload on.
#[derive(Debug, Clone, Deserialize, SimpleObject)]
#[graphql(complex)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TenantAsset {
    /// Identifies the file.
    pub(crate) id: AssetId,
    /// What kind of file it is.
    pub(crate) kind: AssetKind,
    /// How far it has come.
    pub(crate) state: AssetState,
    /// What it is called where it came from.
    pub(crate) file_name: Option<String>,
    /// Its media type.
    pub(crate) content_type: String,
    /// The SHA-256 of its bytes, in base 64.
    pub(crate) checksum: Option<String>,
    /// Width of a picture or video, in pixels.
    pub(crate) width: Option<i32>,
    /// Height of a picture or video, in pixels.
    pub(crate) height: Option<i32>,
    /// Length of a video, in milliseconds.
    pub(crate) duration_ms: Option<i32>,
    /// How the pictures of a video are encoded, as four letters, such as `avc1` for H.264.
    pub(crate) video_codec: Option<String>,
    /// How the sound of a video is encoded, as four letters, such as `mp4a`.
    pub(crate) audio_codec: Option<String>,
    /// Language of captions or of what is spoken, as a BCP 47 tag.
    pub(crate) language: Option<String>,
    /// When its upload was begun.
    pub(crate) created_at: Timestamp,
    /// Since when it is there.
    pub(crate) ready_at: Option<Timestamp>,
    /// When the upload is given up, if it is not complete by then. Null where nothing is uploaded any more.
    #[graphql(skip)]
    pub(crate) expires_at: Option<Timestamp>,
    /// Whether something uses it. It cannot be deleted then.
    pub(crate) in_use: bool,
    /// What a picture looks like while it is loaded, in a few characters: see blurha.sh.
    pub(crate) blurhash: Option<String>,
    /// Grows with each change of it; `attachRenditions` takes it as `expectedVersion`.
    pub(crate) version: i32,
    #[graphql(skip)]
    pub(super) tenant_id: TenantId,
    #[graphql(skip)]
    pub(super) bytes: Option<i64>,
    #[graphql(skip)]
    pub(super) declared_bytes: Option<i64>,
    #[graphql(skip)]
    pub(super) refusal_code: Option<UserErrorCode>,
    #[graphql(skip)]
    pub(super) refusal_message: Option<String>,
    #[graphql(skip)]
    pub(super) part_bytes: Option<i64>,
    #[graphql(skip)]
    pub(super) upload_id: Option<String>,
    #[graphql(skip)]
    pub(super) key: String,
    #[graphql(skip)]
    pub(super) checks: Option<i64>,
    #[graphql(skip)]
    pub(super) variant_widths: Option<Vec<i64>>,
    #[graphql(skip)]
    pub(super) variant_heights: Option<Vec<i64>>,
    #[graphql(skip)]
    pub(super) rendition_kinds: Option<Vec<RenditionKind>>,
    #[graphql(skip)]
    pub(super) rendition_urls: Option<Vec<String>>,
    #[graphql(skip)]
    pub(super) rendition_heights: Option<Vec<i32>>,
    #[graphql(skip)]
    pub(super) rendition_bitrates: Option<Vec<i32>>,
}

#[ComplexObject]
impl TenantAsset {
    /// Its size in bytes; a `Float`, because a video can be larger than `Int` can say.
    #[expect(clippy::cast_precision_loss, reason = "exact up to eight pebibytes")]
    #[graphql(name = "bytes")]
    async fn size(&self) -> f64 {
        self.size_in_bytes() as f64
    }

    /// When the upload is given up, if it is not complete by then. Null where nothing is uploaded any more.
    async fn upload_expires_at(&self) -> Option<Timestamp> {
        self.expires_at.filter(|_| self.state == AssetState::Pending)
    }

    /// An address that a browser or a player can open, for a limited time. Null while the file is not there.
    async fn url(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        if self.state != AssetState::Ready {
            return Ok(None);
        }
        Ok(Some(address(ctx, &self.key).await?))
    }

    /// Why it is not taken.
    async fn refusal(&self) -> Option<UserError> {
        let (code, message) = (self.refusal_code?, self.refusal_message.clone()?);
        Some(UserError::general(code, message))
    }

    /// The renditions of a video that were made elsewhere, in the order in which players shall try them.
    async fn renditions(&self) -> Vec<Rendition> {
        let numbers = (self.rendition_heights.as_deref(), self.rendition_bitrates.as_deref());
        renditions(self.rendition_kinds.as_deref(), self.rendition_urls.as_deref(), numbers.0, numbers.1)
    }

    /// The smaller variants of a picture, the smallest first. Empty until they are made.
    async fn variants(&self, ctx: &Context<'_>) -> Result<Vec<AssetVariant>> {
        let sizes = (self.variant_widths.as_deref(), self.variant_heights.as_deref());
        variants(ctx, self.tenant_id, self.id, sizes).await
    }
}

impl TenantAsset {
    /// Its size, also when it was refused.
    pub(super) fn size_in_bytes(&self) -> i64 {
        self.bytes.or(self.declared_bytes).unwrap_or_default()
    }

    /// How many parts it is uploaded in, if it is.
    pub(super) fn part_count(&self) -> Option<i32> {
        let count = self.size_in_bytes().unsigned_abs().div_ceil(self.part_bytes?.unsigned_abs().max(1));
        i32::try_from(count).ok()
    }

    /// The size of a part by its number, from one; nothing where there is no such part.
    pub(super) fn bytes_of_part(&self, number: i32) -> Option<i64> {
        let (part, count) = (self.part_bytes?, self.part_count()?);
        let last = self.size_in_bytes() - part * i64::from(count - 1);
        match number {
            number if number == count => Some(last),
            number if (1..count).contains(&number) => Some(part),
            _ => None,
        }
    }
}

async fn address(ctx: &Context<'_>, key: &str) -> Result<String> {
    let storage = &ctx.data_unchecked::<Assets>().storage;
    let now = ctx.data_unchecked::<Scope>().now();
    Ok(storage.url(key, now).await.map_err(Error::internal)?.url)
}
