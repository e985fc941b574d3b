use async_graphql::{ComplexObject, SimpleObject};
use serde::Deserialize;

use crate::id::DomainId;
use crate::time::Timestamp;

/// A domain that a tenant uses, or wants to use.
#[derive(Debug, Clone, Deserialize, SimpleObject)]
#[graphql(complex)]
#[serde(rename_all = "camelCase")]
pub(in crate::tenants) struct Domain {
    /// Identifies the domain.
    pub(in crate::tenants) id: DomainId,
    /// Its name, as the DNS knows it.
    pub(in crate::tenants) name: String,
    #[graphql(skip)]
    pub(in crate::tenants) token: String,
    /// When it was added.
    pub(in crate::tenants) created_at: Timestamp,
    /// Since when it is known to be the tenant's. Null until `verifyDomain` has found the record.
    pub(in crate::tenants) verified_at: Option<Timestamp>,
}

impl Domain {
    /// The name of the record that proves who owns it.
    pub(in crate::tenants) fn record(&self) -> String {
        format!("_seeka.{}", self.name)
    }

    /// What that record says.
    pub(in crate::tenants) fn proof(&self) -> String {
        format!("seeka-verification={}", self.token)
    }
}

#[ComplexObject]
impl Domain {
    /// The name of the TXT record that proves who owns the domain.
    async fn record_name(&self) -> String {
        self.record()
    }

    /// What the TXT record has to say.
    async fn record_value(&self) -> String {
        self.proof()
    }
}
