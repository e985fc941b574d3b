use std::collections::HashMap;

use neo4rs::BoltType;
use serde::Deserialize;

use super::{Terms, Usage};
use crate::catalog::Tenant;
use crate::cypher;
use crate::error::{Result, session_ended};
use crate::events::NewEvent;
use crate::id::TenantId;
use crate::scope::{Admin, AtLeast, Scope, TenantRole, TenantScope, or_null};
use crate::tenants::access::{self, no_tenant};
use crate::tenants::plans::Limits;

/// A tenant as its members have it.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::tenants) struct TenantRecord {
    pub(in crate::tenants) tenant: Tenant,
    pub(in crate::tenants) version: i32,
    pub(in crate::tenants) terms: Terms,
}

/// Tenants by their ids; one that the viewer does not belong to is absent.
pub(in crate::tenants) async fn tenants_by_ids(
    scope: &Scope,
    ids: &[TenantId],
) -> Result<HashMap<TenantId, TenantRecord>> {
    #[derive(Deserialize)]
    struct Row {
        record: TenantRecord,
    }
    let ids: Vec<BoltType> = ids.iter().map(|id| (*id).into()).collect();
    let rows = scope.read::<Row>(cypher!("tenants/tenants_by_ids").bind("ids", ids)).await?;
    Ok(rows.into_iter().map(|row| (row.record.tenant.id, row.record)).collect())
}

/// What a tenant holds, and what it may hold.
pub(in crate::tenants) async fn usage<R: AtLeast>(scope: &TenantScope<R>) -> Result<Usage> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Row {
        terms: Terms,
        members: i64,
        items: i64,
        storage_bytes: i64,
    }
    let row = scope.read::<Row>(cypher!("tenants/usage")).await?.pop().ok_or_else(no_tenant)?;
    let used = Limits { members: row.members, items: row.items, storage_bytes: row.storage_bytes };
    Ok(Usage { used, limits: row.terms.limits() })
}

/// A tenant that is about to be made.
pub(in crate::tenants) struct NewTenant {
    pub(in crate::tenants) properties: BoltType,
    /// The same for each attempt of one viewer to make it.
    pub(in crate::tenants) creation_key: Option<String>,
    pub(in crate::tenants) max_owned: i64,
    pub(in crate::tenants) event: NewEvent,
}

/// What came of making a tenant.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(in crate::tenants) enum Created {
    Made,
    /// With the same key.
    MadeBefore,
    Unverified,
    TooMany,
    /// The slug is taken.
    Taken,
}

/// Makes a tenant whose owner is the viewer.
pub(in crate::tenants) async fn create(scope: &Scope, tenant: NewTenant) -> Result<(Created, Option<TenantId>)> {
    #[derive(Deserialize)]
    struct Row {
        verdict: Created,
        id: TenantId,
    }
    let statement = cypher!("tenants/create")
        .bind("tenant", tenant.properties)
        .bind("creationKey", or_null(tenant.creation_key))
        .bind("maxOwned", tenant.max_owned)
        .bind("event", tenant.event);
    match scope.write::<Row>(statement).await {
        Ok(mut rows) => rows.pop().map(|row| (row.verdict, Some(row.id))).ok_or_else(session_ended),
        // Keys of one viewer are looked up under a lock, so the slug it is.
        Err(error) if error.is_taken() => Ok((Created::Taken, None)),
        Err(error) => Err(error.into()),
    }
}

/// What somebody changes of a tenant.
pub(in crate::tenants) struct TenantChange {
    pub(in crate::tenants) expected_version: i32,
    pub(in crate::tenants) changes: BoltType,
    pub(in crate::tenants) event: NewEvent,
}

/// What came of changing a tenant.
pub(in crate::tenants) enum Updated {
    Done,
    /// It has been changed meanwhile, and has this version.
    Stale(i32),
    /// The slug is taken.
    Taken,
}

/// Changes what a tenant says of itself.
pub(in crate::tenants) async fn update(scope: &TenantScope<Admin>, change: TenantChange) -> Result<Updated> {
    #[derive(Deserialize)]
    struct Row {
        fits: bool,
        version: i32,
    }
    let statement = cypher!("tenants/update")
        .bind("roles", access::at_least(TenantRole::Admin))
        .bind("expectedVersion", i64::from(change.expected_version))
        .bind("changes", change.changes)
        .bind("event", change.event);
    match scope.write::<Row>(statement).await {
        Ok(mut rows) => match rows.pop().ok_or_else(no_tenant)? {
            Row { fits: true, .. } => Ok(Updated::Done),
            Row { fits: false, version } => Ok(Updated::Stale(version)),
        },
        Err(error) if error.is_taken() => Ok(Updated::Taken),
        Err(error) => Err(error.into()),
    }
}
