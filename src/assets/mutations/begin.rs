use std::ops::RangeInclusive;

use async_graphql::{Context, InputObject, Object, SimpleObject};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{ADDRESS, no_asset};
use crate::accounts::language;
use crate::assets::library::{AssetState, TenantAsset};
use crate::assets::service::{Assets, original_key, pending_key};
use crate::assets::store::{self, Begun};
use crate::assets::types::AssetKind;
use crate::error::{Error, Result};
use crate::graph::map;
use crate::id::{AssetId, TenantId};
use crate::mutation::{Checked, Outcome, UserError, UserErrorCode, creation_key};
use crate::payload;
use crate::scope::{Editor, Scope, TenantScope, or_null};
use crate::storage::SignedRequest;
use crate::text;
use crate::time::Timestamp;

/// The fewest and the most characters of the name of a file.
const FILE_NAME: RangeInclusive<usize> = 1..=200;
/// The bytes of a SHA-256.
const CHECKSUM_BYTES: usize = 32;
/// The most uploads of a tenant that are on their way.
const MAX_PENDING: i64 = 500;
/// The largest number that a `Float` counts exactly.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

/// A file that will be uploaded.
#[derive(InputObject)]
struct BeginAssetUploadInput {
    /// The tenant; the one of the header X-Seeka-Tenant if nothing is said.
    tenant_id: Option<TenantId>,
    /// What kind of file it is. It decides about the media types and the size that are taken.
    kind: AssetKind,
    /// What it is called where it comes from, in at most 200 characters. Nothing follows from it.
    file_name: String,
    /// Its media type: `image/png`, `image/jpeg` or `image/webp`; `video/mp4`; `text/vtt`; `text/csv` or
    /// `application/json`.
    content_type: String,
    /// Its size in bytes, a whole number.
    bytes: f64,
    /// The SHA-256 of its bytes, in base 64.
    checksum: String,
    /// Language of captions or of what is spoken, as a BCP 47 tag.
    language: Option<String>,
    /// Comes back in the payload. The same one begins no second upload: the first one is returned again.
    client_mutation_id: Option<String>,
}

/// An upload that was begun.
#[derive(SimpleObject)]
pub(crate) struct AssetUpload {
    /// The file; its id goes into `completeAssetUpload` when the bytes are there.
    asset: TenantAsset,
    /// Where the file is uploaded to as a whole. Null if it is uploaded in parts, or is there already.
    put: Option<SignedPut>,
    /// How many parts it is uploaded in, by `signUploadParts`. Null if it is uploaded as a whole.
    part_count: Option<i32>,
    /// How many bytes each part has; the last one has the rest.
    part_bytes: Option<i64>,
}

/// A request that uploads something, without signing in.
#[derive(SimpleObject)]
pub(crate) struct SignedPut {
    /// Send the bytes there with `PUT`.
    url: String,
    /// Until when the address works.
    url_expires_at: Timestamp,
    /// The headers that have to be sent as they are here.
    headers: Vec<UploadHeader>,
}

/// A header of a request that uploads something.
#[derive(SimpleObject)]
struct UploadHeader {
    /// Its name.
    name: String,
    /// Its value.
    value: String,
}

impl From<SignedRequest> for SignedPut {
    fn from(request: SignedRequest) -> Self {
        let headers = request.headers.into_iter().map(|(name, value)| UploadHeader { name, value }).collect();
        Self { url: request.url, url_expires_at: Timestamp(request.expires_at), headers }
    }
}

payload! {
    /// The answer to `beginAssetUpload`.
    BeginAssetUploadPayload {
        /// How to upload it.
        upload: AssetUpload
    }
}

#[derive(Default)]
pub(super) struct BeginMutations;

#[Object]
impl BeginMutations {
    /// Begins to upload a file, if the tenant's plan has room for it. For editors, admins and owners.
    async fn begin_asset_upload(
        &self,
        ctx: &Context<'_>,
        input: BeginAssetUploadInput,
    ) -> Result<BeginAssetUploadPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        BeginAssetUploadPayload::of(Box::pin(begin(ctx, input)).await, client_mutation_id)
    }
}

async fn begin(ctx: &Context<'_>, input: BeginAssetUploadInput) -> Outcome<AssetUpload> {
    let scope = TenantScope::<Editor>::of(ctx.data_unchecked::<Scope>(), input.tenant_id).await?;
    let assets = ctx.data_unchecked::<Assets>();
    let viewer = scope.request().viewer().signed_in()?.id;
    let mut checked = Checked::default();
    let file_name = checked.value(text::line("input.fileName", &input.file_name, FILE_NAME));
    let content_type = checked.value(content_type(input.kind, &input.content_type));
    let bytes = checked.value(bytes(input.bytes, input.kind.max_bytes(assets.settings.max_video_bytes)));
    let checksum = checked.value(checksum(&input.checksum));
    let language = checked.value(input.language.map(|tag| language("input.language", &tag)).transpose());
    let who = format!("{viewer}:{}", scope.id());
    let creation_key = checked.value(creation_key(who, input.client_mutation_id.as_deref()));
    checked.finish()?;

    let (id, now) = (AssetId::generate(), scope.request().now());
    let expires_at = now + assets.settings.upload;
    let asset = map([
        ("id", id.into()),
        ("tenantId", scope.id().into()),
        ("kind", store::name(input.kind).into()),
        ("state", store::name(AssetState::Pending).into()),
        ("fileName", file_name.into()),
        ("contentType", content_type.into()),
        ("bytes", bytes.into()),
        ("checksum", checksum.into()),
        ("language", or_null(language)),
        ("key", original_key(scope.id(), id).into()),
        ("partBytes", or_null(assets.settings.part_bytes(bytes))),
        ("createdAt", now.into()),
        ("createdBy", viewer.into()),
        ("expiresAt", expires_at.into()),
        ("dueAt", expires_at.into()),
        ("version", 1_i64.into()),
        ("creationKey", or_null(creation_key.clone())),
    ]);
    let begun = store::begin(&scope, asset, creation_key, MAX_PENDING).await?.ok_or_else(no_asset)?;
    let limit = |message: String| Err(UserError::general(UserErrorCode::LimitReached, message).into());
    match begun.verdict {
        Begun::Now | Begun::Before => {}
        Begun::Full => return limit(format!("the plan has room for {} more bytes", begun.room.max(0))),
        Begun::TooMany => return limit(format!("at most {MAX_PENDING} uploads can be on their way")),
    }
    let mut asset = store::by_id(&scope, begun.id).await?.ok_or_else(no_asset)?;
    if asset.state == AssetState::Pending && asset.part_bytes.is_some() && asset.upload_id.is_none() {
        let upload = assets.storage.begin_parts(&asset.key, &asset.content_type).await.map_err(Error::internal)?;
        store::set_upload(&scope, asset.id, &upload).await?;
        asset.upload_id = Some(upload);
    }
    let put = if asset.state == AssetState::Pending && asset.part_bytes.is_none() {
        let what = (&*asset.content_type, asset.size_in_bytes(), asset.checksum.as_deref().unwrap_or_default());
        let signed = assets.storage.signed_put(&pending_key(scope.id(), asset.id), what, now, ADDRESS).await;
        Some(signed.map_err(Error::internal)?.into())
    } else {
        None
    };
    Ok(AssetUpload { put, part_count: asset.part_count(), part_bytes: asset.part_bytes, asset })
}

fn content_type(kind: AssetKind, text: &str) -> Result<&'static str, UserError> {
    let allowed = kind.content_types();
    let wrong = || {
        let message = format!("a file of this kind is {}", allowed.join(" or "));
        UserError::of("input.contentType", UserErrorCode::WrongContentType, message)
    };
    allowed.iter().find(|known| **known == text).copied().ok_or_else(wrong)
}

#[expect(clippy::cast_possible_truncation, reason = "checked before")]
fn bytes(bytes: f64, most: i64) -> Result<i64, UserError> {
    let wrong = |code, message: String| UserError::of("input.bytes", code, message);
    if !(1.0..=MAX_EXACT).contains(&bytes) || bytes.fract() != 0.0 {
        return Err(wrong(UserErrorCode::Invalid, "the size is a whole number of bytes, and at least one".to_owned()));
    }
    let bytes = bytes as i64;
    if bytes > most {
        return Err(wrong(UserErrorCode::TooLong, format!("a file of this kind has at most {most} bytes")));
    }
    Ok(bytes)
}

/// A SHA-256 in the spelling of S3.
fn checksum(text: &str) -> Result<String, UserError> {
    let wrong = || UserError::of("input.checksum", UserErrorCode::Invalid, "this is no SHA-256 in base 64");
    let decoded = STANDARD.decode(text.trim()).ok().filter(|bytes| bytes.len() == CHECKSUM_BYTES);
    decoded.map(|bytes| STANDARD.encode(bytes)).ok_or_else(wrong)
}
