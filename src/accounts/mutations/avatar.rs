use std::time::Duration;

use async_graphql::{Context, InputObject, Object, SimpleObject};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use futures::future::BoxFuture;
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::accounts::avatar_folder;
use crate::accounts::loaders::{loaders, present_user};
use crate::accounts::store::{self, Avatar};
use crate::accounts::types::User;
use crate::error::{Error, Result};
use crate::events::{EventType, NewEvent};
use crate::id::{AssetId, UserId};
use crate::mutation::{Outcome, UserError, UserErrorCode};
use crate::payload;
use crate::scope::Scope;
use crate::storage::{Storage, StorageError};
use crate::time::Timestamp;

/// The largest picture of a user, in bytes.
const MAX_BYTES: i64 = 2 * 1024 * 1024;
/// How long an upload may wait to be begun.
const LIFETIME: Duration = Duration::from_mins(15);

/// A picture that will be uploaded.
#[derive(InputObject)]
struct BeginAvatarUploadInput {
    /// Its media type: `image/png`, `image/jpeg` or `image/webp`.
    content_type: String,
    /// Its size in bytes, at most two mebibytes (2,097,152).
    bytes: i32,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

/// Where a picture is uploaded to.
#[derive(SimpleObject)]
pub(crate) struct AvatarUpload {
    /// Goes into `completeAvatarUpload` when the file is there.
    asset_id: AssetId,
    /// Send the file there with `PUT` and the header `Content-Type` of `contentType`.
    url: String,
    /// Until when the address works.
    url_expires_at: Timestamp,
    /// The media type of the file.
    content_type: String,
}

payload! {
    /// The answer to `beginAvatarUpload`.
    BeginAvatarUploadPayload {
        /// Where to upload it to.
        upload: AvatarUpload
    }
}

/// A picture that was uploaded.
#[derive(InputObject)]
struct CompleteAvatarUploadInput {
    /// The `assetId` of the upload.
    asset_id: AssetId,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `completeAvatarUpload`.
    CompleteAvatarUploadPayload {
        /// The viewer, with the new picture.
        user: User
    }
}

/// Whose picture is removed: the viewer's.
#[derive(InputObject)]
struct RemoveAvatarInput {
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `removeAvatar`.
    RemoveAvatarPayload {
        /// The viewer, without a picture.
        user: User
    }
}

#[derive(Default)]
pub(super) struct AvatarMutations;

#[Object]
impl AvatarMutations {
    /// Begins to upload a picture of the viewer. The one that is there stays until `completeAvatarUpload`.
    async fn begin_avatar_upload(
        &self,
        ctx: &Context<'_>,
        input: BeginAvatarUploadInput,
    ) -> Result<BeginAvatarUploadPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        let beginning: BoxFuture<'_, _> = Box::pin(begin(ctx, input));
        BeginAvatarUploadPayload::of(beginning.await, client_mutation_id)
    }

    /// Takes the uploaded file as the viewer's picture, if it is one.
    async fn complete_avatar_upload(
        &self,
        ctx: &Context<'_>,
        input: CompleteAvatarUploadInput,
    ) -> Result<CompleteAvatarUploadPayload> {
        let completing: BoxFuture<'_, _> = Box::pin(complete(ctx, input.asset_id));
        CompleteAvatarUploadPayload::of(completing.await, input.client_mutation_id)
    }

    /// Removes the viewer's picture.
    async fn remove_avatar(&self, ctx: &Context<'_>, input: RemoveAvatarInput) -> Result<RemoveAvatarPayload> {
        let removing: BoxFuture<'_, _> = Box::pin(remove(ctx));
        RemoveAvatarPayload::of(removing.await, input.client_mutation_id)
    }
}

/// The media types of pictures, and how such files begin.
fn begins_right(content_type: &str, bytes: &[u8]) -> Option<bool> {
    match content_type {
        "image/png" => Some(bytes.starts_with(b"\x89PNG\r\n\x1a\n")),
        "image/jpeg" => Some(bytes.starts_with(b"\xff\xd8\xff")),
        "image/webp" => Some(bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP")),
        _ => None,
    }
}

async fn begin(ctx: &Context<'_>, input: BeginAvatarUploadInput) -> Outcome<AvatarUpload> {
    let scope = ctx.data_unchecked::<Scope>();
    let storage = ctx.data_unchecked::<Storage>();
    let viewer = scope.viewer().signed_in()?.id;
    if begins_right(&input.content_type, &[]).is_none() {
        let message = "a picture is image/png, image/jpeg or image/webp";
        return Err(UserError::of("input.contentType", UserErrorCode::Invalid, message).into());
    }
    let bytes = i64::from(input.bytes);
    if !(1..=MAX_BYTES).contains(&bytes) {
        return Err(too_large("input.bytes").into());
    }
    let asset_id = AssetId::generate();
    let key = pending_key(viewer);
    let replaced = store::begin_avatar(scope, asset_id, &key, &input.content_type).await?;
    delete_all(storage, &replaced).await?;
    let now = scope.now();
    let address = storage.upload_url(&key, &input.content_type, bytes, now, LIFETIME).await.map_err(failed)?;
    let url_expires_at = Timestamp(now + LIFETIME);
    Ok(AvatarUpload { asset_id, url: address.url, url_expires_at, content_type: input.content_type })
}

async fn complete(ctx: &Context<'_>, asset_id: AssetId) -> Outcome<User> {
    let scope = ctx.data_unchecked::<Scope>();
    let storage = ctx.data_unchecked::<Storage>();
    let viewer = scope.viewer().signed_in()?.id;
    let not_found = || UserError::of("input.assetId", UserErrorCode::NotFound, "no such upload was begun");
    let pending = store::pending_avatar(scope, asset_id).await?.ok_or_else(not_found)?;
    let size = storage.size(&pending.key).await.map_err(failed)?;
    let Some(size) = size else {
        let message = "the file has not been uploaded yet";
        return Err(UserError::of("input.assetId", UserErrorCode::NotAllowed, message).into());
    };
    if size > MAX_BYTES {
        storage.delete(&pending.key).await.map_err(failed)?;
        return Err(too_large("input.assetId").into());
    }
    let bytes = storage.read(&pending.key, MAX_BYTES).await.map_err(failed)?;
    if begins_right(&pending.content_type, &bytes) != Some(true) {
        storage.delete(&pending.key).await.map_err(failed)?;
        let message = format!("this file is not what it says it is, {}", pending.content_type);
        return Err(UserError::of("input.assetId", UserErrorCode::Invalid, message).into());
    }
    // What was looked at is kept under another key: the address of the upload still works for a while.
    let key = format!("{}{asset_id}", avatar_folder(viewer));
    let (length, checksum) = (i64::try_from(bytes.len()).unwrap_or(i64::MAX), STANDARD.encode(Sha256::digest(&bytes)));
    storage.put(&key, &pending.content_type, bytes).await.map_err(failed)?;
    let avatar = Avatar { id: asset_id, key: &key, bytes: length, checksum: &checksum };
    let Some(replaced) = store::complete_avatar(scope, &avatar, changed(scope, viewer)).await? else {
        // Another upload was begun meanwhile, and nothing will ever name this one.
        storage.delete(&key).await.map_err(failed)?;
        return Err(not_found().into());
    };
    delete_all(storage, &replaced).await?;
    delete_all(storage, &[pending.key]).await?;
    loaders(ctx).forget(viewer).await;
    Ok(present_user(ctx, viewer).await?)
}

async fn remove(ctx: &Context<'_>) -> Outcome<User> {
    let scope = ctx.data_unchecked::<Scope>();
    let viewer = scope.viewer().signed_in()?.id;
    let removed = store::remove_avatar(scope, changed(scope, viewer)).await?;
    delete_all(ctx.data_unchecked::<Storage>(), &removed).await?;
    loaders(ctx).forget(viewer).await;
    Ok(present_user(ctx, viewer).await?)
}

/// Where an upload waits to be looked at. There is one such place for each user, so what nobody completes is overwritten.
fn pending_key(viewer: UserId) -> String {
    format!("{}pending", avatar_folder(viewer))
}

fn changed(scope: &Scope, viewer: UserId) -> NewEvent {
    scope.event(EventType::ProfileUpdated).about(viewer).with(&json!({"changed": ["avatar"]}))
}

async fn delete_all(storage: &Storage, keys: &[String]) -> Result<()> {
    for key in keys {
        storage.delete(key).await.map_err(failed)?;
    }
    Ok(())
}

fn failed(error: StorageError) -> Error {
    Error::internal(error)
}

fn too_large(field: &str) -> UserError {
    UserError::of(field, UserErrorCode::TooLong, format!("a picture has 1 to {MAX_BYTES} bytes"))
}
