//! The statements of `cypher/support/` and their rows. No other file names them.

use std::collections::HashMap;

use async_graphql::resolver_utils::enum_value;
use neo4rs::BoltType;
use serde::Deserialize;

use super::loaders::MessagesPage;
use super::types::{Ticket, TicketMessage, TicketState};
use crate::cypher;
use crate::error::{Result, session_ended};
use crate::events::NewEvent;
use crate::graph::{Graph, GraphError, map};
use crate::id::{TenantId, TicketId, UserId};
use crate::pagination::Page;
use crate::scope::{Member, Scope, TenantRole, TenantScope, or_null};

/// Where the tickets of the platform are, in place of the id of a tenant.
const PLATFORM: &str = "PLATFORM";

/// Those who answer.
pub(super) enum Desk<'s> {
    /// For a tenant.
    Tenant(&'s TenantScope<Member>),
    /// For the platform.
    Platform(&'s Scope),
}

/// The name of a desk, as it stands in the graph.
pub(super) fn desk(tenant: Option<TenantId>) -> String {
    tenant.map_or_else(|| PLATFORM.to_owned(), |tenant| tenant.to_string())
}

/// A state as it stands in the graph.
pub(super) fn name(state: TicketState) -> String {
    enum_value(state).to_string()
}

/// The roles of those who answer for a tenant.
fn roles() -> Vec<String> {
    [TenantRole::Editor, TenantRole::Admin, TenantRole::Owner].map(|role| enum_value(role).to_string()).to_vec()
}

/// A ticket, if the viewer may see it.
pub(super) async fn by_id(scope: &Scope, id: TicketId, is_operator: bool) -> Result<Option<Ticket>> {
    #[derive(Deserialize)]
    struct Row {
        ticket: Ticket,
    }
    let statement = cypher!("support/by_id").bind("id", id).bind("isOperator", is_operator);
    Ok(scope.read::<Row>(statement).await?.pop().map(|row| row.ticket))
}

#[derive(Deserialize)]
struct Items {
    items: Vec<Ticket>,
}

/// A page of the tickets that the viewer has opened.
pub(super) async fn of_viewer(scope: &Scope, page: &Page) -> Result<Vec<Ticket>> {
    let viewer = scope.viewer().signed_in()?.id;
    let key = map([("openerId", viewer.into()), ("lower", page.lower()), ("upper", page.upper())]);
    let rows = scope.read::<Items>(page.bind(cypher!("support/of_viewer"), vec![key])).await?;
    Ok(rows.into_iter().flat_map(|row| row.items).collect())
}

/// A page of the tickets at a desk, of one state or of all.
pub(super) async fn of_desk(at: Desk<'_>, state: Option<TicketState>, page: &Page) -> Result<Vec<Ticket>> {
    let name_of_desk = match at {
        Desk::Tenant(scope) => desk(Some(scope.id())),
        Desk::Platform(_) => desk(None),
    };
    let states = TicketState::ALL.into_iter().filter(|one| state.is_none_or(|state| state == *one));
    let key = |state: TicketState| {
        map([
            ("desk", name_of_desk.as_str().into()),
            ("state", name(state).into()),
            ("lower", page.lower()),
            ("upper", page.upper()),
        ])
    };
    let statement = page.bind(cypher!("support/of_desk"), states.map(key).collect());
    let rows = match at {
        Desk::Tenant(scope) => scope.read::<Items>(statement).await?,
        Desk::Platform(scope) => scope.read::<Items>(statement).await?,
    };
    Ok(rows.into_iter().flat_map(|row| row.items).collect())
}

/// Pages of the messages of tickets.
pub(super) async fn messages(
    scope: &Scope,
    keys: &[MessagesPage],
) -> Result<HashMap<MessagesPage, Vec<TicketMessage>>> {
    #[derive(Deserialize)]
    struct Row {
        n: usize,
        items: Vec<TicketMessage>,
    }
    let all = keys.iter().enumerate().map(|(n, key)| key.page.key(n, key.of.into()));
    let statement = cypher!("support/messages_by_tickets").bind("keys", all.collect::<Vec<BoltType>>());
    let rows = scope.read::<Row>(statement).await?;
    Ok(rows.into_iter().filter_map(|row| Some((keys.get(row.n)?.clone(), row.items))).collect())
}

/// A ticket that is about to be opened.
pub(super) struct NewTicket {
    pub(super) tenant: Option<TenantId>,
    pub(super) ticket: BoltType,
    pub(super) message: BoltType,
    /// The same for each attempt of one viewer to open it.
    pub(super) creation_key: Option<String>,
    pub(super) max_open: i64,
    pub(super) max_daily: i64,
    pub(super) event: NewEvent,
}

/// What came of opening a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Opened {
    Now,
    /// With the same key.
    Before,
    NoTenant,
    TooMany,
}

/// Opens a ticket.
pub(super) async fn open(scope: &Scope, new: NewTicket) -> Result<(Opened, TicketId)> {
    #[derive(Deserialize)]
    struct Row {
        verdict: Opened,
        id: TicketId,
    }
    let statement = cypher!("support/open")
        .bind("deskId", or_null(new.tenant))
        .bind("ticket", new.ticket)
        .bind("message", new.message)
        .bind("creationKey", or_null(new.creation_key))
        .bind("maxOpen", new.max_open)
        .bind("maxDaily", new.max_daily)
        .bind("event", new.event);
    let row = scope.write::<Row>(statement).await?.pop().ok_or_else(session_ended)?;
    Ok((row.verdict, row.id))
}

/// What came of a change of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Changed {
    Done,
    /// It is so already.
    DoneBefore,
    /// The viewer sees the ticket, and may not do this.
    Forbidden,
    Closed,
    /// It has as many messages as it may have.
    Full,
    /// It has been changed meanwhile.
    Stale,
}

#[derive(Deserialize)]
struct ChangeRow {
    verdict: Changed,
    #[serde(default)]
    version: i32,
}

/// Adds a message to a ticket; nothing where the ticket is not there for the viewer.
pub(super) async fn answer(
    scope: &Scope,
    id: TicketId,
    (message, creation_key): (BoltType, Option<String>),
    max_messages: i64,
    event: NewEvent,
) -> Result<Option<Changed>> {
    let statement = cypher!("support/answer")
        .bind("id", id)
        .bind("roles", roles())
        .bind("message", message)
        .bind("creationKey", or_null(creation_key))
        .bind("maxMessages", max_messages)
        .bind("event", event);
    Ok(scope.write::<ChangeRow>(statement).await?.pop().map(|row| row.verdict))
}

/// Sets the state of a ticket, and says which version it had; nothing where the ticket is not there for the viewer.
pub(super) async fn set_state(
    scope: &Scope,
    id: TicketId,
    state: TicketState,
    expected_version: i32,
    event: NewEvent,
) -> Result<Option<(Changed, i32)>> {
    let statement = cypher!("support/set_state")
        .bind("id", id)
        .bind("roles", roles())
        .bind("state", name(state))
        .bind("expectedVersion", i64::from(expected_version))
        .bind("event", event);
    Ok(scope.write::<ChangeRow>(statement).await?.pop().map(|row| (row.verdict, row.version)))
}

/// Somebody who gets a mail about a ticket.
#[derive(Deserialize)]
pub(super) struct Addressee {
    pub(super) id: UserId,
    pub(super) email: String,
    /// What the ticket is about.
    pub(super) subject: String,
    /// The name of the tenant that is asked.
    pub(super) name: Option<String>,
}

/// Whom a mail about a new ticket, or about an answer of `actor`, goes to.
pub(super) async fn to_tell(
    graph: &Graph,
    id: &str,
    actor: Option<UserId>,
    is_new: bool,
    limit: i64,
) -> Result<Vec<Addressee>, GraphError> {
    let statement = cypher!("support/to_tell").bind("id", id).bind("actorId", or_null(actor));
    graph.read(statement.bind("isNew", is_new).bind("limit", limit)).await
}
