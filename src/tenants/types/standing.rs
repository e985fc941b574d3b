use async_graphql::{ComplexObject, SimpleObject};
use serde::Deserialize;

use crate::catalog::Tenant;
use crate::tenants::TenantPlan;
use crate::tenants::store::Terms;
use crate::time::Timestamp;

/// A tenant as the operators of the platform see it.
#[derive(Debug, Clone, Deserialize, SimpleObject)]
#[graphql(complex)]
#[serde(rename_all = "camelCase")]
pub(in crate::tenants) struct TenantStanding {
    /// The tenant.
    pub(in crate::tenants) tenant: Tenant,
    /// Since when it is suspended. Null if it is not.
    pub(in crate::tenants) suspended_at: Option<Timestamp>,
    /// Why it is suspended.
    pub(in crate::tenants) suspension_reason: Option<String>,
    /// Since when it is closed, because its only member deletes their account. Null if it is not.
    pub(in crate::tenants) closed_at: Option<Timestamp>,
    #[graphql(skip)]
    pub(in crate::tenants) terms: Terms,
}

#[ComplexObject]
impl TenantStanding {
    /// What it has agreed on with the platform.
    async fn plan(&self) -> TenantPlan {
        self.terms.plan()
    }

    /// The most members that it may have.
    async fn max_members(&self) -> i64 {
        self.terms.limits().members
    }

    /// The most franchises, series and episodes that it may have.
    async fn max_items(&self) -> i64 {
        self.terms.limits().items
    }

    /// The most bytes of files that it may have; a `Float`, because they can be more than `Int` can say.
    #[expect(clippy::cast_precision_loss, reason = "exact up to eight pebibytes")]
    async fn max_storage_bytes(&self) -> f64 {
        self.terms.limits().storage_bytes as f64
    }
}
