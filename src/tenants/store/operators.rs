use neo4rs::BoltType;
use serde::Deserialize;

use super::Done;
use crate::cypher;
use crate::error::{Error, Result};
use crate::events::NewEvent;
use crate::graph::Statement;
use crate::id::TenantId;
use crate::scope::{Scope, or_null};
use crate::tenants::access::no_tenant;
use crate::tenants::plans::TenantPlan;
use crate::tenants::types::TenantStanding;

/// A tenant as operators see it, by its id or its slug.
pub(in crate::tenants) async fn standing(
    scope: &Scope,
    id: Option<TenantId>,
    slug: Option<&str>,
) -> Result<Option<TenantStanding>> {
    #[derive(Deserialize)]
    struct Row {
        standing: TenantStanding,
    }
    let statement = cypher!("tenants/standing").bind("id", or_null(id)).bind("slug", or_null(slug));
    Ok(scope.read::<Row>(statement).await?.pop().map(|row| row.standing))
}

/// Suspends a tenant; says whether it was not suspended before.
pub(in crate::tenants) async fn suspend(
    scope: &Scope,
    id: TenantId,
    reason: &str,
    event: NewEvent,
) -> Result<bool> {
    fits(scope, cypher!("tenants/suspend").bind("id", id).bind("reason", reason).bind("event", event)).await
}

/// Ends the suspension of a tenant; says whether it was suspended.
pub(in crate::tenants) async fn reinstate(scope: &Scope, id: TenantId, event: NewEvent) -> Result<bool> {
    fits(scope, cypher!("tenants/reinstate").bind("id", id).bind("event", event)).await
}

async fn fits(scope: &Scope, statement: Statement) -> Result<bool> {
    #[derive(Deserialize)]
    struct Row {
        fits: bool,
    }
    let row = scope.write::<Row>(statement).await.map_err(Error::from)?.pop();
    row.map(|row| row.fits).ok_or_else(no_tenant)
}

/// What a tenant may hold from now on.
pub(in crate::tenants) struct NewTerms {
    pub(in crate::tenants) plan: TenantPlan,
    /// The limits of its own; null where the plan's hold.
    pub(in crate::tenants) limits: BoltType,
    /// The event's payloads, by the plan that it had.
    pub(in crate::tenants) payloads: BoltType,
    pub(in crate::tenants) event: NewEvent,
}

/// Gives a tenant a plan, and limits of its own.
pub(in crate::tenants) async fn set_plan(scope: &Scope, id: TenantId, terms: NewTerms) -> Result<()> {
    let statement = cypher!("tenants/set_plan")
        .bind("id", id)
        .bind("plan", terms.plan.name())
        .bind("limits", terms.limits)
        .bind("defaultPlan", TenantPlan::default().name())
        .bind("payloads", terms.payloads)
        .bind("event", terms.event);
    scope.write::<Done>(statement).await?.pop().map(drop).ok_or_else(no_tenant)
}
