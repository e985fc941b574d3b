use async_graphql::{Context, InputObject, Object};
use chrono::Utc;
use serde_json::json;
use tracing::warn;

use super::{no_asset, scope_of};
use crate::assets::completion::LEASE;
use crate::assets::library::AssetState;
use crate::assets::service::Assets;
use crate::assets::store::{self, Removal};
use crate::error::Result;
use crate::events::EventType;
use crate::id::AssetId;
use crate::mutation::{Outcome, UserError, UserErrorCode};
use crate::payload;
use crate::scope::{Editor, Scope};

/// An upload that is given up.
#[derive(InputObject)]
struct AbortAssetUploadInput {
    /// The id of the file.
    asset_id: AssetId,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `abortAssetUpload`.
    AbortAssetUploadPayload {
        /// The id of the file, which is gone.
        asset_id: AssetId
    }
}

/// A file that nobody needs.
#[derive(InputObject)]
struct DeleteAssetInput {
    /// The id of the file.
    asset_id: AssetId,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `deleteAsset`.
    DeleteAssetPayload {
        /// The id of the file, which is gone.
        asset_id: AssetId
    }
}

#[derive(Default)]
pub(super) struct RemoveMutations;

#[Object]
impl RemoveMutations {
    /// Gives an upload up; what has arrived of it is deleted. For editors, admins and owners.
    async fn abort_asset_upload(
        &self,
        ctx: &Context<'_>,
        input: AbortAssetUploadInput,
    ) -> Result<AbortAssetUploadPayload> {
        let states = [AssetState::Pending, AssetState::Checking];
        let outcome = Box::pin(remove(ctx, input.asset_id, &states)).await;
        AbortAssetUploadPayload::of(outcome, input.client_mutation_id)
    }

    /// Deletes a file that nothing uses. For editors, admins and owners.
    async fn delete_asset(&self, ctx: &Context<'_>, input: DeleteAssetInput) -> Result<DeleteAssetPayload> {
        let outcome = Box::pin(remove(ctx, input.asset_id, &AssetState::ALL)).await;
        DeleteAssetPayload::of(outcome, input.client_mutation_id)
    }
}

async fn remove(ctx: &Context<'_>, id: AssetId, states: &[AssetState]) -> Outcome<AssetId> {
    let scope = scope_of::<Editor>(ctx.data_unchecked::<Scope>(), id).await?;
    let assets = ctx.data_unchecked::<Assets>();
    let event = scope.request().event(EventType::AssetDeleted).about(id).within(scope.id());
    let event = event.with(&json!({"unused": false}));
    let removed = store::remove(&scope, id, states, Utc::now() + LEASE, event).await?.ok_or_else(no_asset)?;
    let refused = |code, message: &str| Err(UserError::of("input.assetId", code, message).into());
    match removed.verdict {
        Removal::Removed => {}
        Removal::InUse => return refused(UserErrorCode::InUse, "something uses this file; detach it there first"),
        Removal::Busy => return refused(UserErrorCode::NotAllowed, "this file is being looked at; try again"),
        Removal::OtherState => return refused(UserErrorCode::NotAllowed, "this file is not being uploaded any more"),
    }
    // It is gone for everybody; what cannot be deleted now is swept up.
    match assets.erase(scope.id(), id, removed.upload_id.as_deref()).await {
        Ok(()) => {}
        Err(error) => warn!(asset = %id, %error, "the objects of a file that was deleted stay until they are swept up"),
    }
    Ok(id)
}
