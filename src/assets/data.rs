use super::library::AssetState;
use super::store;
use super::types::AssetKind;
use crate::error::{Error, Result};
use crate::id::AssetId;
use crate::scope::{Editor, TenantScope};
use crate::storage::Storage;

/// The media type and the bytes of a tenant's file that is ready. Only files of the kind `DATA` are read whole; of others, no
/// bytes come back.
pub(crate) async fn data_file(
    scope: &TenantScope<Editor>,
    storage: &Storage,
    id: AssetId,
) -> Result<Option<(String, Vec<u8>)>> {
    let asset = store::by_id(scope, id).await?.filter(|asset| asset.state == AssetState::Ready);
    let Some(asset) = asset else { return Ok(None) };
    let bytes = if asset.kind == AssetKind::Data {
        storage.read(&asset.key, asset.size_in_bytes()).await.map_err(Error::internal)?
    } else {
        Vec::new()
    };
    Ok(Some((asset.content_type, bytes)))
}
