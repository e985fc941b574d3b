use async_graphql::{ComplexObject, Context, Enum, SimpleObject};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::id::AssetId;
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
    /// Its size in bytes.
    #[graphql(skip)]
    pub bytes: i64,
    /// The object's key in the bucket.
    #[graphql(skip)]
    pub key: String,
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
