use async_graphql::{Context, Object};

use super::store::{self, Desk};
use super::types::{Ticket, TicketState};
use crate::error::{Error, Result};
use crate::id::TicketId;
use crate::pagination::{Column, Connection, Order, Page, PageArguments, SortValue};
use crate::scope::{Member, Scope, TenantScope};

const TICKETS: Order = Order { list: "tickets", descending: true, columns: &[Column::Time, Column::Text] };

/// The root fields of support.
#[derive(Default)]
pub struct SupportQueries;

#[Object]
impl SupportQueries {
    /// A ticket, for whoever has opened it, for members of its tenant, and, where it is the platform's, for operators.
    async fn ticket(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the ticket.")] id: TicketId,
    ) -> Result<Ticket> {
        by_id(ctx.data_unchecked::<Scope>(), id).await
    }

    /// The tickets that were opened at the platform, newest first. For operators of the platform.
    async fn platform_tickets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those in this state.")] state: Option<TicketState>,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Ticket>> {
        let scope = &ctx.data_unchecked::<Scope>().clone().of_operator().await?;
        let page = PageArguments { first, after, last, before }.page(&TICKETS)?;
        Ok(shown(&page, store::of_desk(Desk::Platform(scope), state, &page).await?))
    }
}

/// A ticket that the viewer sees.
pub(super) async fn by_id(scope: &Scope, id: TicketId) -> Result<Ticket> {
    scope.viewer().signed_in()?;
    let is_operator = scope.viewer().operator().is_ok() && scope.clone().of_operator().await.is_ok();
    store::by_id(scope, id, is_operator).await?.ok_or_else(no_ticket)
}

/// What everybody reads who names a ticket that is not there, or that they may not see.
pub(super) fn no_ticket() -> Error {
    Error::NotFound("there is no such ticket".to_owned())
}

/// A page of the tickets that the viewer has opened.
pub(crate) async fn of_viewer(scope: &Scope, arguments: &PageArguments) -> Result<Connection<Ticket>> {
    let page = arguments.page(&TICKETS)?;
    Ok(shown(&page, store::of_viewer(scope, &page).await?))
}

/// A page of the tickets of a tenant.
pub(crate) async fn of_tenant(
    scope: &TenantScope<Member>,
    state: Option<TicketState>,
    arguments: &PageArguments,
) -> Result<Connection<Ticket>> {
    let page = arguments.page(&TICKETS)?;
    Ok(shown(&page, store::of_desk(Desk::Tenant(scope), state, &page).await?))
}

fn shown(page: &Page, tickets: Vec<Ticket>) -> Connection<Ticket> {
    page.connection(&TICKETS, tickets, |ticket| vec![SortValue::Time(ticket.created_at.0), SortValue::text(&ticket.id)])
}
