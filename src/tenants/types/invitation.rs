use async_graphql::{ComplexObject, Context, SimpleObject};
use serde::Deserialize;

use crate::accounts::{User, loaders};
use crate::error::Result;
use crate::id::{InvitationId, UserId};
use crate::scope::TenantRole;
use crate::time::Timestamp;

/// An invitation that nobody has accepted yet. Its token is in the mail, and nowhere else.
#[derive(Debug, Clone, Deserialize, SimpleObject)]
#[graphql(complex)]
#[serde(rename_all = "camelCase")]
pub(in crate::tenants) struct Invitation {
    /// Identifies the invitation.
    pub(in crate::tenants) id: InvitationId,
    /// The address that it went to.
    pub(in crate::tenants) email: String,
    /// What whoever accepts it may do there.
    pub(in crate::tenants) role: TenantRole,
    /// When it was sent.
    pub(in crate::tenants) created_at: Timestamp,
    /// Until when it can be accepted.
    pub(in crate::tenants) expires_at: Timestamp,
    #[graphql(skip)]
    pub(in crate::tenants) invited_by: UserId,
}

#[ComplexObject]
impl Invitation {
    /// Who sent it. Null if the account is gone.
    async fn invited_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        loaders(ctx).user(self.invited_by).await
    }
}
