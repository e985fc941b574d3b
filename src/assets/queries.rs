use std::collections::HashSet;

use async_graphql::{Context, InputObject, Object, SimpleObject};

use super::library::{AssetState, TenantAsset};
use super::mutations::{no_asset, scope_of};
use super::service::Assets;
use super::store;
use super::types::AssetKind;
use crate::error::{Error, Result};
use crate::id::AssetId;
use crate::pagination::{Column, Connection, Order, PageArguments, SortValue};
use crate::scope::{Editor, Member, Scope, TenantScope};

/// The files of a tenant.
const ASSETS: Order = Order { list: "assets", descending: true, columns: &[Column::Time, Column::Text] };

/// Which files of a tenant are wanted: those that fit all that is said.
#[derive(Debug, Default, InputObject)]
pub(crate) struct AssetFilter {
    /// Only files of one of these kinds.
    kinds: Option<Vec<AssetKind>>,
    /// Only files in one of these states.
    states: Option<Vec<AssetState>>,
}

/// How much of a file has arrived.
#[derive(SimpleObject)]
pub(crate) struct UploadedParts {
    /// The numbers of the parts that are there as a whole, in their order; at most 10,000. All others have to be uploaded.
    numbers: Vec<i32>,
    /// How many parts there will be.
    part_count: i32,
    /// How many bytes each part has; the last one has the rest.
    part_bytes: i64,
}

/// The root fields of files.
#[derive(Default)]
pub struct AssetsQueries;

#[Object]
impl AssetsQueries {
    /// A file of a tenant, from the beginning of its upload on. For members of the tenant.
    async fn asset(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the file.")] id: AssetId,
    ) -> Result<TenantAsset> {
        let scope = scope_of::<Member>(ctx.data_unchecked::<Scope>(), id).await?;
        store::by_id(&scope, id).await?.ok_or_else(no_asset)
    }

    /// How much has arrived of a file that is uploaded in parts, so that an upload can go on where it stopped. For
    /// editors, admins and owners of the tenant. Null if the file is not being uploaded in parts.
    async fn list_uploaded_parts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the file.")] asset_id: AssetId,
    ) -> Result<Option<UploadedParts>> {
        let scope = scope_of::<Editor>(ctx.data_unchecked::<Scope>(), asset_id).await?;
        let asset = store::by_id(&scope, asset_id).await?.ok_or_else(no_asset)?;
        let (AssetState::Pending, Some(part_count), Some(part_bytes), Some(upload)) =
            (asset.state, asset.part_count(), asset.part_bytes, &asset.upload_id)
        else {
            return Ok(None);
        };
        let parts = ctx.data_unchecked::<Assets>().storage.parts(&asset.key, upload).await.map_err(Error::internal)?;
        let whole = parts.iter().filter(|part| asset.bytes_of_part(part.number) == Some(part.bytes));
        Ok(Some(UploadedParts { numbers: whole.map(|part| part.number).collect(), part_count, part_bytes }))
    }
}

/// A page of the files of a tenant.
pub(crate) async fn of_tenant(
    scope: &TenantScope<Member>,
    filter: Option<AssetFilter>,
    arguments: &PageArguments,
) -> Result<Connection<TenantAsset>> {
    let page = arguments.page(&ASSETS)?;
    let AssetFilter { kinds, states } = filter.unwrap_or_default();
    let kinds: HashSet<_> = kinds.unwrap_or_else(|| AssetKind::ALL.into()).into_iter().collect();
    let states: HashSet<_> = states.unwrap_or_else(|| AssetState::ALL.into()).into_iter().collect();
    let assets = store::of_tenant(scope, &kinds, &states, &page).await?;
    Ok(page.connection(&ASSETS, assets, |asset| vec![SortValue::Time(asset.created_at.0), SortValue::text(&asset.id)]))
}
