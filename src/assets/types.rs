use async_graphql::{ComplexObject, Context, Enum, SimpleObject};
use serde::{Deserialize, Serialize};

use super::renditions::{Rendition, RenditionKind, renditions};
use super::service::{VARIANT_CONTENT_TYPE, variant_key};
use crate::error::{Error, Result};
use crate::id::{AssetId, TenantId};
use crate::scope::Scope;
use crate::storage::{AssetUrl, Storage};
use crate::time::Timestamp;

/// A file that belongs to something in the catalogue: a poster, a video, captions.
#[derive(Debug, Clone, Deserialize, SimpleObject)]
#[graphql(complex)]
#[serde(rename_all = "camelCase")]
pub struct Asset {
    /// Identifies the asset.
    pub id: AssetId,
    /// What kind of file it is.
    pub kind: AssetKind,
    /// What it is used for.
    pub role: AssetRole,
    /// Its media type, such as `image/webp` or `video/mp4`.
    pub content_type: String,
    /// The SHA-256 of its bytes, in base 64, as S3 writes it.
    pub checksum: Option<String>,
    /// Width of a picture or video, in pixels.
    pub width: Option<i32>,
    /// Height of a picture or video, in pixels.
    pub height: Option<i32>,
    /// Length of a video, in milliseconds.
    pub duration_ms: Option<i32>,
    /// Language of captions or of what is spoken, as a BCP 47 tag.
    pub language: Option<String>,
    /// What a picture looks like while it is loaded, in a few characters: see blurha.sh. Null until it is made.
    #[serde(rename = "blurhash")]
    pub placeholder: Option<String>,
    /// Its size in bytes.
    #[graphql(skip)]
    pub bytes: i64,
    /// The object's key in the bucket.
    #[graphql(skip)]
    pub key: String,
    /// The tenant that has uploaded it.
    #[graphql(skip)]
    pub tenant_id: Option<TenantId>,
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

/// A smaller variant of a picture.
#[derive(SimpleObject)]
pub struct AssetVariant {
    /// Its width in pixels.
    width: i64,
    /// Its height in pixels.
    height: i64,
    /// Its media type, such as `image/webp`.
    content_type: String,
    /// An address that a browser can open, for a limited time.
    url: String,
}

/// The variants of a picture by their widths and heights.
pub(super) async fn variants(
    ctx: &Context<'_>,
    tenant: TenantId,
    asset: AssetId,
    (widths, heights): (Option<&[i64]>, Option<&[i64]>),
) -> Result<Vec<AssetVariant>> {
    let (storage, now) = (ctx.data_unchecked::<Storage>(), ctx.data_unchecked::<Scope>().now());
    let mut variants = Vec::new();
    for (width, height) in widths.unwrap_or_default().iter().zip(heights.unwrap_or_default()) {
        let url = storage.url(&variant_key(tenant, asset, *width), now).await.map_err(Error::internal)?.url;
        let content_type = VARIANT_CONTENT_TYPE.to_owned();
        variants.push(AssetVariant { width: *width, height: *height, content_type, url });
    }
    Ok(variants)
}

#[ComplexObject]
impl Asset {
    /// Its size in bytes; a `Float`, because a video can be larger than `Int` can say.
    #[expect(clippy::cast_precision_loss, reason = "exact up to eight pebibytes")]
    async fn bytes(&self) -> f64 {
        self.bytes as f64
    }

    /// An address that a browser or a player can open. It works until `urlExpiresAt`.
    async fn url(&self, ctx: &Context<'_>) -> Result<String> {
        Ok(self.address(ctx).await?.url)
    }

    /// Smaller variants of a picture, the smallest first. Empty until they are made.
    async fn variants(&self, ctx: &Context<'_>) -> Result<Vec<AssetVariant>> {
        let Some(tenant) = self.tenant_id else { return Ok(Vec::new()) };
        let sizes = (self.variant_widths.as_deref(), self.variant_heights.as_deref());
        variants(ctx, tenant, self.id, sizes).await
    }

    /// Renditions of a video that were made elsewhere, such as a playlist of HLS, in the order in which players shall try
    /// them.
    async fn renditions(&self) -> Vec<Rendition> {
        let numbers = (self.rendition_heights.as_deref(), self.rendition_bitrates.as_deref());
        renditions(self.rendition_kinds.as_deref(), self.rendition_urls.as_deref(), numbers.0, numbers.1)
    }

    /// Until when `url` works. Null when it does not end.
    async fn url_expires_at(&self, ctx: &Context<'_>) -> Result<Option<Timestamp>> {
        Ok(self.address(ctx).await?.expires_at.map(Timestamp))
    }
}

impl Asset {
    async fn address(&self, ctx: &Context<'_>) -> Result<AssetUrl> {
        let storage = ctx.data_unchecked::<Storage>();
        let now = ctx.data_unchecked::<Scope>().now();
        storage.url(&self.key, now).await.map_err(Error::internal)
    }
}

/// What kind of file an asset is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Enum)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AssetKind {
    /// A picture.
    Image,
    /// A video.
    Video,
    /// Captions, in `WebVTT`.
    Captions,
    /// A table or a list to import, in CSV or JSON.
    Data,
}

/// What an asset is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Enum)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AssetRole {
    /// An upright picture for a franchise or a series.
    Poster,
    /// A wide picture for an episode.
    Thumbnail,
    /// What is played.
    Video,
    /// What is shown along with the video.
    Captions,
    /// A picture of a user.
    Avatar,
}
