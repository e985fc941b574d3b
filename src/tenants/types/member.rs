use async_graphql::{ComplexObject, Context, SimpleObject};
use serde::Deserialize;

use crate::accounts::{User, present_user};
use crate::error::Result;
use crate::id::UserId;
use crate::scope::TenantRole;
use crate::time::Timestamp;

/// Somebody who belongs to a tenant.
#[derive(Debug, Clone, Deserialize, SimpleObject)]
#[graphql(complex)]
#[serde(rename_all = "camelCase")]
pub(in crate::tenants) struct TenantMember {
    #[graphql(skip)]
    pub(in crate::tenants) user_id: UserId,
    /// What they may do there.
    pub(in crate::tenants) role: TenantRole,
    /// Since when they belong to it.
    pub(in crate::tenants) since: Timestamp,
}

#[ComplexObject]
impl TenantMember {
    /// Who it is.
    async fn user(&self, ctx: &Context<'_>) -> Result<User> {
        present_user(ctx, self.user_id).await
    }
}
