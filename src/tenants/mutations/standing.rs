use std::ops::RangeInclusive;

use async_graphql::{Context, InputObject, Object};
use serde_json::json;

use crate::error::Result;
use crate::events::EventType;
use crate::graph::map;
use crate::id::TenantId;
use crate::mutation::{Checked, Outcome, UserError, UserErrorCode};
use crate::payload;
use crate::scope::{Scope, or_null};
use crate::tenants::access::no_tenant;
use crate::tenants::plans::{MAX_MEMBERS, TenantPlan};
use crate::tenants::store::{self, NewTerms};
use crate::tenants::types::TenantStanding;
use crate::text;

/// The fewest and the most characters of the reason of a suspension.
const REASON: RangeInclusive<usize> = 1..=500;
/// The highest limit of items that an operator may set.
const MAX_ITEMS: i64 = 10_000_000;
/// The highest limit of storage that an operator may set, in bytes: a pebibyte.
const MAX_STORAGE_BYTES: i64 = 1_125_899_906_842_624;

/// What a tenant may hold from now on. What it holds already stays.
#[derive(InputObject)]
struct SetTenantPlanInput {
    /// The tenant.
    tenant_id: TenantId,
    /// The plan.
    plan: TenantPlan,
    /// The most members, instead of what the plan says.
    max_members: Option<i32>,
    /// The most franchises, series and episodes, instead of what the plan says.
    max_items: Option<i32>,
    /// The most bytes of files, instead of what the plan says; a whole number.
    max_storage_bytes: Option<f64>,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `setTenantPlan`.
    SetTenantPlanPayload {
        /// The tenant, as it is now.
        standing: TenantStanding
    }
}

/// A tenant that shall be suspended.
#[derive(InputObject)]
struct SuspendTenantInput {
    /// The tenant.
    tenant_id: TenantId,
    /// Why, in at most 500 characters; its members read it.
    reason: String,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `suspendTenant`.
    SuspendTenantPayload {
        /// The tenant, as it is now.
        standing: TenantStanding
    }
}

/// A tenant that shall not be suspended or closed any more.
#[derive(InputObject)]
struct ReinstateTenantInput {
    /// The tenant.
    tenant_id: TenantId,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `reinstateTenant`.
    ReinstateTenantPayload {
        /// The tenant, as it is now.
        standing: TenantStanding
    }
}

#[derive(Default)]
pub(super) struct StandingMutations;

#[Object]
impl StandingMutations {
    /// Gives a tenant a plan, and limits of its own where they are named; those that are not named are the plan's. For
    /// operators of the platform.
    async fn set_tenant_plan(&self, ctx: &Context<'_>, input: SetTenantPlanInput) -> Result<SetTenantPlanPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        SetTenantPlanPayload::of(set_plan(ctx, input).await, client_mutation_id)
    }

    /// Suspends a tenant: its catalogue is not there for viewers, and its members can do nothing in it. For operators
    /// of the platform.
    async fn suspend_tenant(&self, ctx: &Context<'_>, input: SuspendTenantInput) -> Result<SuspendTenantPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        SuspendTenantPayload::of(suspend(ctx, input).await, client_mutation_id)
    }

    /// Ends the suspension of a tenant, or opens one that was closed when its only member went. For operators of the
    /// platform.
    async fn reinstate_tenant(&self, ctx: &Context<'_>, input: ReinstateTenantInput) -> Result<ReinstateTenantPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        ReinstateTenantPayload::of(reinstate(ctx, input.tenant_id).await, client_mutation_id)
    }
}

async fn set_plan(ctx: &Context<'_>, input: SetTenantPlanInput) -> Outcome<TenantStanding> {
    let scope = ctx.data_unchecked::<Scope>();
    scope.viewer().operator()?;
    let mut checked = Checked::default();
    let members = input.max_members.map(|count| within("input.maxMembers", i64::from(count), 1..=MAX_MEMBERS));
    let items = input.max_items.map(|count| within("input.maxItems", i64::from(count), 0..=MAX_ITEMS));
    let bytes =
        input.max_storage_bytes.map(|bytes| whole(bytes).and_then(|bytes| within(BYTES, bytes, 0..=MAX_STORAGE_BYTES)));
    let members = checked.value(members.transpose());
    let items = checked.value(items.transpose());
    let bytes = checked.value(bytes.transpose());
    checked.finish()?;
    let own = [("maxMembers", members), ("maxItems", items), ("maxStorageBytes", bytes)];
    let terms = NewTerms {
        plan: input.plan,
        limits: map(own.map(|(name, limit)| (name, or_null(limit)))),
        payloads: TenantPlan::by_name(|former| {
            let mut payload = json!({"plan": input.plan, "from": former});
            for (name, limit) in own {
                payload[name] = limit.into();
            }
            payload.to_string()
        }),
        event: scope.event(EventType::PlanChanged).about(input.tenant_id).within(input.tenant_id),
    };
    store::set_plan(scope, input.tenant_id, terms).await?;
    standing(scope, input.tenant_id).await
}

async fn suspend(ctx: &Context<'_>, input: SuspendTenantInput) -> Outcome<TenantStanding> {
    let scope = ctx.data_unchecked::<Scope>();
    scope.viewer().operator()?;
    let reason = text::paragraphs("input.reason", &input.reason, REASON)?;
    let event = scope.event(EventType::TenantSuspended).about(input.tenant_id).within(input.tenant_id);
    let event = event.with(&json!({"reason": reason}));
    if store::suspend(scope, input.tenant_id, &reason, event).await? {
        return standing(scope, input.tenant_id).await;
    }
    Err(UserError::of("input.tenantId", UserErrorCode::NotAllowed, "this tenant is suspended already").into())
}

async fn reinstate(ctx: &Context<'_>, tenant: TenantId) -> Outcome<TenantStanding> {
    let scope = ctx.data_unchecked::<Scope>();
    scope.viewer().operator()?;
    let event = scope.event(EventType::TenantReinstated).about(tenant).within(tenant);
    if store::reinstate(scope, tenant, event).await? {
        return standing(scope, tenant).await;
    }
    Err(UserError::of("input.tenantId", UserErrorCode::NotAllowed, "this tenant is neither suspended nor closed")
        .into())
}

async fn standing(scope: &Scope, tenant: TenantId) -> Outcome<TenantStanding> {
    Ok(store::standing(scope, Some(tenant), None).await?.ok_or_else(no_tenant)?)
}

const BYTES: &str = "input.maxStorageBytes";

fn within(field: &str, value: i64, range: RangeInclusive<i64>) -> Result<i64, UserError> {
    if range.contains(&value) {
        return Ok(value);
    }
    let message = format!("it goes from {} to {}", range.start(), range.end());
    Err(UserError::of(field, UserErrorCode::Invalid, message))
}

fn whole(value: f64) -> Result<i64, UserError> {
    let wrong = || UserError::of(BYTES, UserErrorCode::Invalid, "it is a whole number");
    // A number without a fraction is written as one of these digits.
    if value.fract() == 0.0 { format!("{value:.0}").parse().map_err(|_| wrong()) } else { Err(wrong()) }
}
