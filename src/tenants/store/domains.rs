use neo4rs::BoltType;
use serde::Deserialize;

use super::Done;
use crate::cypher;
use crate::error::{Error, Result, no_row};
use crate::events::NewEvent;
use crate::id::DomainId;
use crate::scope::{Admin, AtLeast, TenantRole, TenantScope};
use crate::tenants::access;
use crate::tenants::types::Domain;

#[derive(Deserialize)]
struct DomainRow {
    domain: Domain,
}

/// The domains of a tenant.
pub(in crate::tenants) async fn domains(scope: &TenantScope<Admin>) -> Result<Vec<Domain>> {
    let rows = scope.read::<DomainRow>(cypher!("tenants/domains")).await?;
    Ok(rows.into_iter().map(|row| row.domain).collect())
}

/// A domain of a tenant.
pub(in crate::tenants) async fn domain_by_id(scope: &TenantScope<Admin>, id: DomainId) -> Result<Option<Domain>> {
    let statement = cypher!("tenants/domain_by_id").bind("id", id);
    Ok(scope.read::<DomainRow>(statement).await?.pop().map(|row| row.domain))
}

/// A domain that a tenant wants to use.
pub(in crate::tenants) struct NewDomain {
    pub(in crate::tenants) properties: BoltType,
    pub(in crate::tenants) max_domains: i64,
    pub(in crate::tenants) event: NewEvent,
}

/// What came of adding a domain.
pub(in crate::tenants) enum Added {
    /// It is there, perhaps since before.
    Done(Domain),
    TooMany,
}

/// Notes a domain that a tenant wants to use.
pub(in crate::tenants) async fn add_domain(scope: &TenantScope<Admin>, new: NewDomain) -> Result<Added> {
    #[derive(Deserialize)]
    #[serde(rename_all = "SCREAMING_SNAKE_CASE")]
    enum Verdict {
        Done,
        Held,
        TooMany,
    }
    #[derive(Deserialize)]
    struct Row {
        verdict: Verdict,
        domain: Option<Domain>,
    }
    let statement = cypher!("tenants/add_domain")
        .bind("roles", access::at_least(TenantRole::Admin))
        .bind("domain", new.properties)
        .bind("maxDomains", new.max_domains)
        .bind("event", new.event);
    let row = scope.write::<Row>(statement).await?.pop().ok_or(Error::Forbidden(Admin::REFUSAL))?;
    match row.verdict {
        Verdict::Done | Verdict::Held => row.domain.map(Added::Done).ok_or_else(no_row),
        Verdict::TooMany => Ok(Added::TooMany),
    }
}

/// What came of verifying a domain.
pub(in crate::tenants) enum Verified {
    /// It is the tenant's, perhaps since before.
    Done(Domain),
    /// The viewer is no admin any more.
    Forbidden,
    /// It has been removed meanwhile.
    Gone,
    /// Another tenant has verified it at the same time.
    Taken,
}

/// Notes that a tenant owns a domain. Where another tenant had it, `lost` is written there.
pub(in crate::tenants) async fn verify_domain(
    scope: &TenantScope<Admin>,
    id: DomainId,
    event: NewEvent,
    lost: NewEvent,
) -> Result<Verified> {
    #[derive(Deserialize)]
    struct Row {
        allowed: bool,
        domain: Domain,
    }
    let statement = cypher!("tenants/verify_domain")
        .bind("id", id)
        .bind("roles", access::at_least(TenantRole::Admin))
        .bind("event", event)
        .bind("lostEvent", lost);
    match scope.write::<Row>(statement).await {
        Ok(mut rows) => Ok(match rows.pop() {
            Some(Row { allowed: true, domain }) => Verified::Done(domain),
            Some(Row { allowed: false, .. }) => Verified::Forbidden,
            None => Verified::Gone,
        }),
        Err(error) if error.is_taken() => Ok(Verified::Taken),
        Err(error) => Err(error.into()),
    }
}

/// Takes a domain from a tenant; says whether it was there, and the viewer still an admin.
pub(in crate::tenants) async fn remove_domain(
    scope: &TenantScope<Admin>,
    id: DomainId,
    event: NewEvent,
) -> Result<bool> {
    let statement = cypher!("tenants/remove_domain")
        .bind("roles", access::at_least(TenantRole::Admin))
        .bind("id", id)
        .bind("event", event);
    Ok(scope.write::<Done>(statement).await?.pop().is_some())
}
