mod begin;
mod complete;
mod parts;
mod remove;
mod renditions;

use std::time::Duration;

use async_graphql::MergedObject;

use super::store;
use crate::error::{Error, Result};
use crate::id::AssetId;
use crate::scope::{AtLeast, Scope, TenantScope};

/// How long the address of an upload works.
const ADDRESS: Duration = Duration::from_mins(15);

/// What members do about the files of a tenant.
#[derive(MergedObject, Default)]
pub struct AssetsMutations(
    begin::BeginMutations,
    parts::PartMutations,
    complete::CompleteMutations,
    remove::RemoveMutations,
    renditions::RenditionMutations,
);

/// The tenant of a file, if the viewer may act there.
pub(super) async fn scope_of<R: AtLeast>(scope: &Scope, id: AssetId) -> Result<TenantScope<R>> {
    scope.viewer().signed_in()?;
    let tenant = store::tenant_of(scope, id).await?.ok_or_else(no_asset)?;
    TenantScope::of(scope, Some(tenant)).await
}

/// What everybody reads who names a file that is not there, or that they may not see.
pub(super) fn no_asset() -> Error {
    Error::NotFound("there is no such file".to_owned())
}
