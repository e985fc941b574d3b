use std::time::Duration;

use async_graphql::{Context, InputObject, Object};
use serde_json::json;
use tracing::Instrument;

use super::{no_asset, scope_of};
use crate::assets::check::Refusal;
use crate::assets::completion::Checked;
use crate::assets::library::{AssetState, TenantAsset};
use crate::assets::service::Assets;
use crate::assets::store;
use crate::error::{Error, Result};
use crate::events::EventType;
use crate::id::AssetId;
use crate::mutation::{Outcome, UserError, UserErrorCode};
use crate::payload;
use crate::scope::{Editor, Scope};

/// How long the answer waits for the check of a file. A large one is still being read then.
const PATIENCE: Duration = Duration::from_secs(8);

/// A file that was uploaded.
#[derive(InputObject)]
struct CompleteAssetUploadInput {
    /// The id of the file.
    asset_id: AssetId,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `completeAssetUpload`.
    CompleteAssetUploadPayload {
        /// The file: `READY`, or `CHECKING` if that takes longer. Ask for `asset` then, until it is one or the other.
        asset: TenantAsset
    }
}

#[derive(Default)]
pub(super) struct CompleteMutations;

#[Object]
impl CompleteMutations {
    /// Looks at an uploaded file: its size, its checksum, and whether it is what it says it is. A file that is not is
    /// refused for good and its bytes are deleted; the user error has the reason, and so has `refusal` of the asset. While
    /// bytes are missing nothing happens. It may be called again. For editors, admins and owners.
    async fn complete_asset_upload(
        &self,
        ctx: &Context<'_>,
        input: CompleteAssetUploadInput,
    ) -> Result<CompleteAssetUploadPayload> {
        let outcome = Box::pin(complete(ctx, input.asset_id)).await;
        CompleteAssetUploadPayload::of(outcome, input.client_mutation_id)
    }
}

async fn complete(ctx: &Context<'_>, id: AssetId) -> Outcome<TenantAsset> {
    let scope = scope_of::<Editor>(ctx.data_unchecked::<Scope>(), id).await?;
    let asset = store::by_id(&scope, id).await?.ok_or_else(no_asset)?;
    if matches!(asset.state, AssetState::Ready | AssetState::Refused) {
        return settled(asset);
    }
    let event = scope.request().event(EventType::AssetReady).about(id).within(scope.id());
    let event = event.with(&json!({"kind": store::name(asset.kind), "contentType": asset.content_type}));
    let assets = ctx.data_unchecked::<Assets>().clone();
    // It goes on when nobody waits for it any more.
    let checking = tokio::spawn(async move { assets.check(id, event).await }.in_current_span());
    match tokio::time::timeout(PATIENCE, checking).await {
        Ok(Ok(checked)) => match checked? {
            Checked::Incomplete(message) => {
                return Err(UserError::of("input.assetId", UserErrorCode::NotAllowed, message).into());
            }
            Checked::Refused(refusal) => return Err(refused(refusal).into()),
            Checked::Ready | Checked::Elsewhere => {}
        },
        Ok(Err(ended)) => return Err(Error::internal(ended).into()),
        Err(_) => {}
    }
    settled(store::by_id(&scope, id).await?.ok_or_else(no_asset)?)
}

/// The file, or why it was refused.
fn settled(asset: TenantAsset) -> Outcome<TenantAsset> {
    match (asset.refusal_code, &asset.refusal_message) {
        (Some(code), Some(message)) => Err(refused(Refusal::new(code, message)).into()),
        _ => Ok(asset),
    }
}

fn refused(refusal: Refusal) -> UserError {
    UserError::of("input.assetId", refusal.code, refusal.message)
}
