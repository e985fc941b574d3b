use async_graphql::SimpleObject;
use serde::Deserialize;

use crate::catalog::Tenant;
use crate::scope::TenantRole;
use crate::time::Timestamp;

/// A tenant that the viewer belongs to.
#[derive(Debug, Clone, Deserialize, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Membership {
    /// The tenant.
    pub(crate) tenant: Tenant,
    /// What the viewer may do there.
    pub(crate) role: TenantRole,
    /// Since when the viewer belongs to it.
    pub(crate) since: Timestamp,
    /// Whether the platform's operators have suspended it: nobody sees its catalogue, and nothing can be done there.
    pub(crate) suspended: bool,
    /// Why it is suspended.
    pub(crate) suspension_reason: Option<String>,
}
