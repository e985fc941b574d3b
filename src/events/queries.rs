use async_graphql::{Context, Object};

use super::store::{self, Trail};
use super::types::{AuditEvent, AuditEventFilter, SecurityEventFilter};
use crate::error::Result;
use crate::id::TenantId;
use crate::pagination::{Column, Connection, Order, PageArguments, Position, SortValue};
use crate::scope::{Admin, Scope, TenantScope};

const SECURITY_EVENTS: Order =
    Order { list: "securityEvents", descending: true, columns: &[Column::Time, Column::Text] };
const AUDIT_EVENTS: Order = Order { list: "auditEvents", descending: true, columns: &[Column::Time, Column::Text] };
const PLATFORM_EVENTS: Order =
    Order { list: "platformEvents", descending: true, columns: &[Column::Time, Column::Text] };

/// The root fields of the audit trail.
#[derive(Default)]
pub struct EventsQueries;

#[Object]
impl EventsQueries {
    /// What happened in a tenant, newest first; for its admins and owners.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a connection are named in the query")]
    async fn audit_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The tenant; the one that the header X-Seeka-Tenant names if nothing is said.")]
        tenant_id: Option<TenantId>,
        #[graphql(desc = "Which events; all if nothing is said.")] filter: Option<AuditEventFilter>,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<AuditEvent>> {
        let tenant = TenantScope::<Admin>::of(ctx.data_unchecked::<Scope>(), tenant_id).await?;
        let trail = Trail::of_tenant(&tenant);
        let page = PageArguments { first, after, last, before };
        events(tenant.request(), trail, filter.unwrap_or_default(), &AUDIT_EVENTS, &page).await
    }

    /// What happened on the whole platform, newest first; for its operators.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a connection are named in the query")]
    async fn platform_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only what happened in this tenant.")] tenant_id: Option<TenantId>,
        #[graphql(desc = "Which events; all if nothing is said.")] filter: Option<AuditEventFilter>,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<AuditEvent>> {
        let scope = &ctx.data_unchecked::<Scope>().clone().of_operator().await?;
        let page = PageArguments { first, after, last, before };
        events(scope, Trail::of_platform(tenant_id), filter.unwrap_or_default(), &PLATFORM_EVENTS, &page).await
    }
}

/// A page of what happened to the viewer's account.
///
/// # Errors
/// `UNAUTHENTICATED` without a viewer, `BAD_USER_INPUT` for arguments that are wrong.
pub(crate) async fn of_viewer(
    ctx: &Context<'_>,
    filter: SecurityEventFilter,
    arguments: &PageArguments,
) -> Result<Connection<AuditEvent>> {
    let scope = ctx.data_unchecked::<Scope>();
    let SecurityEventFilter { types, from, to } = filter;
    let filter = AuditEventFilter { types, from, to, ..AuditEventFilter::default() };
    let trail = Trail::of_account(scope.viewer().signed_in()?.id);
    events(scope, trail, filter, &SECURITY_EVENTS, arguments).await
}

async fn events(
    scope: &Scope,
    trail: Trail,
    filter: AuditEventFilter,
    order: &'static Order,
    arguments: &PageArguments,
) -> Result<Connection<AuditEvent>> {
    // No id is less than the empty text, so a moment with it stands before everything that happened then.
    let before = |moment| -> Position { vec![SortValue::Time(moment), SortValue::text("")] };
    let (from, to) = (filter.from.map(|from| before(from.0)), filter.to.map(|to| before(to.0)));
    let page = arguments.page(order)?.between(from, to);
    let trail = trail.narrowed(filter.subject_id, filter.actor_id);
    let mut events = store::events(scope, &trail, filter.types, &page).await?;
    let viewer = scope.viewer().signed_in()?.id;
    events.iter_mut().filter(|event| !trail.shows_origin(event, viewer)).for_each(AuditEvent::hide_origin);
    Ok(page.connection(order, events, |event| vec![SortValue::Time(event.at.0), SortValue::text(&event.id)]))
}
