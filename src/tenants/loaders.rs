//! What the resolvers of tenants ask for, and how it is batched.

use std::collections::HashMap;

use async_graphql::Context;

use super::access::no_tenant;
use super::store::{self, TenantRecord};
use crate::batch::{BatchLoad, Batched};
use crate::error::Result;
use crate::id::TenantId;
use crate::pagination::{Column, Order};
use crate::scope::Scope;

pub(super) const MEMBERSHIPS: Order =
    Order { list: "memberships", descending: false, columns: &[Column::Time, Column::Text] };
pub(super) const MEMBERS: Order = Order { list: "members", descending: false, columns: &[Column::Time, Column::Text] };
pub(super) const INVITATIONS: Order =
    Order { list: "invitations", descending: false, columns: &[Column::Time, Column::Text] };

struct TenantsOfMember;

impl BatchLoad for TenantsOfMember {
    type Key = TenantId;
    type Value = TenantRecord;

    async fn load(scope: &Scope, keys: &[TenantId]) -> Result<HashMap<TenantId, TenantRecord>> {
        store::tenants_by_ids(scope, keys).await
    }
}

/// Tenants as one of their members sees them.
pub struct TenantsLoaders {
    records: Batched<TenantsOfMember>,
}

impl TenantsLoaders {
    /// Fresh loaders for a request.
    #[must_use]
    pub fn new(scope: &Scope) -> Self {
        Self { records: Batched::new(scope.clone()) }
    }

    /// Reads a tenant anew from now on, because it was changed.
    pub(super) async fn forget(&self, id: TenantId) {
        self.records.forget(id).await;
    }
}

/// A tenant that the viewer belongs to.
pub(super) async fn record(ctx: &Context<'_>, id: TenantId) -> Result<TenantRecord> {
    ctx.data_unchecked::<TenantsLoaders>().records.load(id).await?.ok_or_else(no_tenant)
}
