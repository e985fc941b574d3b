use std::collections::HashSet;

use async_graphql::{Context, InputObject, Object};
use serde_json::json;
use url::Url;

use super::{no_asset, scope_of};
use crate::assets::library::TenantAsset;
use crate::assets::renditions::RenditionKind;
use crate::assets::store::{self, Attached};
use crate::error::Result;
use crate::events::EventType;
use crate::graph::map;
use crate::id::AssetId;
use crate::mutation::{Checked, Outcome, UserError, UserErrorCode};
use crate::payload;
use crate::scope::{Editor, Scope};

/// The most renditions of a video.
const MAX_RENDITIONS: usize = 20;
/// The longest address of a rendition, in bytes.
const MAX_URL_BYTES: usize = 2_000;
/// The largest height of a picture that is believed, in pixels.
const MAX_HEIGHT: i32 = 16_384;
/// The largest bitrate that is believed, in bits a second.
const MAX_BITRATE: i32 = 1_000_000_000;

/// A rendition of a video that was made elsewhere.
#[derive(InputObject)]
struct RenditionInput {
    /// How it is delivered.
    kind: RenditionKind,
    /// Where a player gets it: an address with `https`, of at most 2,000 bytes.
    url: String,
    /// The height of its picture in pixels, up to 16,384. Leave it out for a playlist that adapts itself.
    height: Option<i32>,
    /// How many bits a second it has, up to a billion.
    bitrate: Option<i32>,
}

/// The renditions of a video.
#[derive(InputObject)]
struct AttachRenditionsInput {
    /// The id of the video.
    asset_id: AssetId,
    /// The version of the video that the change was made for. Without it, whatever others have changed is replaced.
    expected_version: Option<i32>,
    /// All of its renditions, at most 20, in the order in which players shall try them. An empty list takes them away.
    renditions: Vec<RenditionInput>,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `attachRenditions`.
    AttachRenditionsPayload {
        /// The video.
        asset: TenantAsset
    }
}

#[derive(Default)]
pub(super) struct RenditionMutations;

#[Object]
impl RenditionMutations {
    /// Says where renditions of a video are that were made elsewhere, such as a playlist of HLS. They take the place of
    /// those that were there. For editors, admins and owners.
    async fn attach_renditions(
        &self,
        ctx: &Context<'_>,
        input: AttachRenditionsInput,
    ) -> Result<AttachRenditionsPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        AttachRenditionsPayload::of(Box::pin(attach(ctx, input)).await, client_mutation_id)
    }
}

async fn attach(ctx: &Context<'_>, input: AttachRenditionsInput) -> Outcome<TenantAsset> {
    let scope = scope_of::<Editor>(ctx.data_unchecked::<Scope>(), input.asset_id).await?;
    let renditions = input.renditions;
    if renditions.len() > MAX_RENDITIONS {
        let message = format!("a video has at most {MAX_RENDITIONS} renditions");
        return Err(UserError::of("input.renditions", UserErrorCode::TooLong, message).into());
    }
    let mut checked = Checked::default();
    let urls = renditions.iter().enumerate().map(|(n, it)| checked.value(address(n, &it.url))).collect::<Vec<_>>();
    let heights =
        renditions.iter().enumerate().map(|(n, it)| checked.value(number(n, "height", it.height, MAX_HEIGHT)));
    let heights = heights.collect::<Vec<_>>();
    let bitrates =
        renditions.iter().enumerate().map(|(n, it)| checked.value(number(n, "bitrate", it.bitrate, MAX_BITRATE)));
    let bitrates = bitrates.collect::<Vec<_>>();
    checked.finish()?;
    if urls.iter().collect::<HashSet<_>>().len() < urls.len() {
        return Err(UserError::of("input.renditions", UserErrorCode::Taken, "one address stands there twice").into());
    }
    let kinds = renditions.iter().map(|it| store::name(it.kind)).collect::<Vec<_>>();
    let event = scope.request().event(EventType::RenditionsAttached).about(input.asset_id).within(scope.id());
    let event = event.with(&json!({"renditions": urls.len()}));
    let properties = map([
        ("renditionKinds", kinds.into()),
        ("renditionUrls", urls.into()),
        ("renditionHeights", heights.into()),
        ("renditionBitrates", bitrates.into()),
    ]);
    let attached = store::attach_renditions(&scope, input.asset_id, input.expected_version, properties, event);
    match attached.await?.ok_or_else(no_asset)? {
        Attached::Done => Ok(store::by_id(&scope, input.asset_id).await?.ok_or_else(no_asset)?),
        Attached::NoVideo => {
            let message = "only a video that is ready has renditions";
            Err(UserError::of("input.assetId", UserErrorCode::NotAllowed, message).into())
        }
        Attached::Stale(version) => Err(UserError::stale("the video", version).into()),
    }
}

/// An address that may be given to every viewer: encrypted, and without anybody's password.
fn address(n: usize, text: &str) -> Result<String, UserError> {
    let wrong = |code, message: String| UserError::of(&format!("input.renditions.{n}.url"), code, message);
    if text.len() > MAX_URL_BYTES {
        return Err(wrong(UserErrorCode::TooLong, format!("an address has at most {MAX_URL_BYTES} bytes")));
    }
    let url = Url::parse(text.trim()).ok();
    let fits =
        |url: &Url| url.scheme() == "https" && url.has_host() && url.username().is_empty() && url.password().is_none();
    let url = url.filter(fits).map(String::from).filter(|url| url.len() <= MAX_URL_BYTES * 3);
    url.ok_or_else(|| wrong(UserErrorCode::Invalid, "this is no address with https".to_owned()))
}

/// A number that was said, or zero.
fn number(n: usize, name: &str, value: Option<i32>, most: i32) -> Result<i64, UserError> {
    let Some(value) = value else { return Ok(0) };
    if (1..=most).contains(&value) {
        return Ok(value.into());
    }
    let field = format!("input.renditions.{n}.{name}");
    Err(UserError::of(&field, UserErrorCode::Invalid, format!("it goes from 1 to {most}")))
}
