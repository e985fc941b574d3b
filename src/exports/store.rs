//! The statements of `cypher/exports/` and their rows. No other file names them.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;

use crate::cypher;
use crate::error::{Result, session_ended};
use crate::events::{EventType, NewEvent};
use crate::graph::{Graph, GraphError, Statement};
use crate::id::ExportId;
use crate::scope::Scope;

/// A list of an export: its name in the file, and the statement that reads a page of it.
pub(super) struct Section {
    pub(super) name: &'static str,
    pub(super) statement: fn() -> Statement,
}

/// Everything that an export holds, in its order.
pub(super) const SECTIONS: [Section; 16] = [
    Section { name: "account", statement: || cypher!("exports/account") },
    Section { name: "identities", statement: || cypher!("exports/identities") },
    Section { name: "sessions", statement: || cypher!("exports/sessions") },
    Section { name: "accessTokens", statement: || cypher!("exports/access_tokens") },
    Section { name: "memberships", statement: || cypher!("exports/memberships") },
    Section { name: "files", statement: || cypher!("exports/files") },
    Section { name: "follows", statement: || cypher!("exports/follows") },
    Section { name: "comments", statement: || cypher!("exports/comments") },
    Section { name: "tickets", statement: || cypher!("exports/tickets") },
    Section { name: "ticketAnswers", statement: || cypher!("exports/ticket_answers") },
    Section { name: "watched", statement: || cypher!("exports/watched") },
    Section { name: "rated", statement: || cypher!("exports/rated") },
    Section { name: "reactions", statement: || cypher!("exports/reactions") },
    Section { name: "reports", statement: || cypher!("exports/reports") },
    Section { name: "events", statement: || cypher!("exports/events").bind("told", names(knows_subject)) },
    Section { name: "eventsAbout", statement: || cypher!("exports/events_about").bind("types", names(is_told)) },
];

/// The names of the types of events that fit.
fn names(fits: fn(EventType) -> bool) -> Vec<String> {
    EventType::all().filter(|kind| fits(*kind)).map(EventType::name).collect()
}

/// Whether whoever does this knows what it is done to, because they have named or seen it. An event of any other type
/// could say which address has an account.
fn knows_subject(kind: EventType) -> bool {
    matches!(
        kind,
        EventType::PlatformRoleGranted
            | EventType::PlatformRoleRevoked
            | EventType::TenantCreated
            | EventType::TenantUpdated
            | EventType::MemberInvited
            | EventType::InvitationRevoked
            | EventType::MemberJoined
            | EventType::MemberRoleChanged
            | EventType::MemberRemoved
            | EventType::OwnershipTransferred
            | EventType::TenantSuspended
            | EventType::TenantReinstated
            | EventType::DomainAdded
            | EventType::DomainVerified
            | EventType::DomainRemoved
            | EventType::PlanChanged
            | EventType::Followed
            | EventType::Unfollowed
            | EventType::TicketOpened
            | EventType::TicketAnswered
            | EventType::TicketStateChanged
            | EventType::RenditionsAttached
            | EventType::AnnouncementRequested
            | EventType::AnnouncementDecided
            | EventType::AnnouncementWithdrawn
    )
}

/// Whether somebody is told that this has happened to them. Whom others follow is theirs, and can be very much.
fn is_told(kind: EventType) -> bool {
    !matches!(kind, EventType::Followed | EventType::Unfollowed)
}

/// A row of every list.
#[derive(Deserialize)]
pub(super) struct Row {
    /// Its place in the order.
    pub(super) cursor: String,
    /// Nothing where a row stands only for its place.
    pub(super) item: Option<Value>,
}

/// A page of a list of the viewer's data, after a place in its order.
pub(super) async fn page(scope: &Scope, section: &Section, after: &str, limit: i64) -> Result<Vec<Row>> {
    scope.read((section.statement)().bind("after", after).bind("limit", limit)).await
}

/// An export that is about to be made.
pub(super) struct NewExport<'a> {
    pub(super) id: ExportId,
    pub(super) key: &'a str,
    pub(super) expires_at: DateTime<Utc>,
    pub(super) most: i64,
    pub(super) abandoned_before: DateTime<Utc>,
    pub(super) day_ago: DateTime<Utc>,
}

/// Whether an export may be made.
#[derive(Deserialize)]
pub(super) struct Begun {
    /// Another one is being made.
    pub(super) running: bool,
    /// There were not too many within a day.
    pub(super) room: bool,
    /// The keys of those before it.
    pub(super) before: Vec<String>,
}

/// Begins an export, unless one is being made or there were too many.
pub(super) async fn begin(scope: &Scope, export: &NewExport<'_>) -> Result<Begun> {
    let statement = cypher!("exports/begin")
        .bind("id", export.id)
        .bind("key", export.key)
        .bind("expiresAt", export.expires_at)
        .bind("most", export.most)
        .bind("abandonedBefore", export.abandoned_before)
        .bind("dayAgo", export.day_ago);
    scope.write(statement).await?.pop().ok_or_else(session_ended)
}

#[derive(Deserialize)]
struct Nothing {}

/// Notes that an export is ready, and that those before it are gone.
pub(super) async fn finish(scope: &Scope, id: ExportId, bytes: i64, event: NewEvent) -> Result<()> {
    let statement = cypher!("exports/finish").bind("id", id).bind("bytes", bytes).bind("event", event);
    scope.write::<Nothing>(statement).await?;
    Ok(())
}

/// Forgets an export that was not made.
pub(super) async fn give_up(scope: &Scope, id: ExportId) -> Result<()> {
    scope.write::<Nothing>(cypher!("exports/give_up").bind("id", id)).await?;
    Ok(())
}

/// An export that nobody can fetch any more.
#[derive(Deserialize)]
pub(crate) struct Expired {
    pub(crate) id: ExportId,
    pub(crate) key: String,
}

/// Exports that nobody can fetch any more, whoever they belong to.
pub(crate) async fn expired(graph: &Graph, limit: i64, now: DateTime<Utc>) -> Result<Vec<Expired>, GraphError> {
    graph.read(cypher!("exports/expired").bind("limit", limit).bind("now", now)).await
}

/// Notes that the file of an export is gone.
pub(crate) async fn forget(graph: &Graph, id: ExportId) -> Result<(), GraphError> {
    graph.write::<Nothing>(cypher!("exports/forget").bind("id", id)).await?;
    Ok(())
}
