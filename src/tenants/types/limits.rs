use async_graphql::SimpleObject;

use crate::tenants::store::Usage;

/// What a tenant may hold, by its plan or by what an operator has set, and what it holds.
#[derive(Debug, Clone, SimpleObject)]
pub(in crate::tenants) struct TenantLimits {
    /// Members.
    members: TenantLimit,
    /// Franchises, series and episodes together.
    items: TenantLimit,
    /// Files, in bytes.
    storage_bytes: TenantLimit,
}

/// One of the limits of a tenant. `Float`, because there can be more bytes than `Int` can say.
#[derive(Debug, Clone, Copy, SimpleObject)]
pub(in crate::tenants) struct TenantLimit {
    /// How much there is.
    used: f64,
    /// How much there may be. Less than `used` if the limit was lowered afterwards.
    limit: f64,
}

impl TenantLimit {
    #[expect(clippy::cast_precision_loss, reason = "exact up to eight pebibytes")]
    fn of(used: i64, limit: i64) -> Self {
        Self { used: used as f64, limit: limit as f64 }
    }
}

impl From<Usage> for TenantLimits {
    fn from(Usage { used, limits }: Usage) -> Self {
        Self {
            members: TenantLimit::of(used.members, limits.members),
            items: TenantLimit::of(used.items, limits.items),
            storage_bytes: TenantLimit::of(used.storage_bytes, limits.storage_bytes),
        }
    }
}
