//! The statements of `cypher/announcements/` and their rows. No other file names them.

use async_graphql::resolver_utils::enum_value;
use chrono::{DateTime, TimeDelta, Utc};
use neo4rs::BoltType;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::types::{Announcement, AnnouncementRequest, AnnouncementState};
use crate::cypher;
use crate::error::{Error, Result};
use crate::events::NewEvent;
use crate::graph::{Statement, map};
use crate::id::AnnouncementId;
use crate::pagination::Page;
use crate::scope::{Editor, Member, Scope, TenantRole, TenantScope, or_null};

/// The longest period of an announcement.
pub(super) const MAX_PERIOD: TimeDelta = TimeDelta::days(90);

/// A state as it stands in the graph.
pub(super) fn name(state: AnnouncementState) -> String {
    enum_value(state).to_string()
}

/// The roles of those who ask and withdraw for a tenant.
fn roles() -> Vec<String> {
    [TenantRole::Editor, TenantRole::Admin, TenantRole::Owner].map(|role| enum_value(role).to_string()).to_vec()
}

#[derive(Deserialize)]
struct Items<T> {
    items: Vec<T>,
}

fn key(page: &Page, name: &'static str, value: impl Into<BoltType>) -> BoltType {
    map([(name, value.into()), ("lower", page.lower()), ("upper", page.upper())])
}

async fn list<T: DeserializeOwned>(scope: &Scope, statement: Statement) -> Result<Vec<T>> {
    let rows = scope.read::<Items<T>>(statement).await?;
    Ok(rows.into_iter().flat_map(|row| row.items).collect())
}

/// A page of what is announced now.
pub(super) async fn current(scope: &Scope, page: &Page) -> Result<Vec<Announcement>> {
    let keys = vec![key(page, "state", name(AnnouncementState::Granted))];
    list(scope, page.bind(cypher!("announcements/current"), keys)).await
}

/// A page of what tenants have asked for, in one state or in all.
pub(super) async fn of_platform(
    scope: &Scope,
    state: Option<AnnouncementState>,
    page: &Page,
) -> Result<Vec<AnnouncementRequest>> {
    let states = AnnouncementState::ALL.into_iter().filter(|one| state.is_none_or(|state| state == *one));
    let keys = states.map(|state| key(page, "state", name(state))).collect();
    list(scope, page.bind(cypher!("announcements/of_platform"), keys)).await
}

/// A page of what a tenant has asked for.
pub(super) async fn of_tenant(scope: &TenantScope<Member>, page: &Page) -> Result<Vec<AnnouncementRequest>> {
    let keys = vec![key(page, "tenantId", scope.id())];
    let rows = scope.read::<Items<_>>(page.bind(cypher!("announcements/of_tenant"), keys)).await?;
    Ok(rows.into_iter().flat_map(|row| row.items).collect())
}

/// What was asked for, for whoever has just changed it.
pub(super) async fn by_id(scope: &Scope, id: AnnouncementId) -> Result<AnnouncementRequest> {
    #[derive(Deserialize)]
    struct Row {
        request: AnnouncementRequest,
    }
    let row = scope.read::<Row>(cypher!("announcements/by_id").bind("id", id)).await?.pop();
    row.map(|row| row.request).ok_or_else(no_announcement)
}

/// What everybody reads who names an announcement that is not there, or that they may not see.
pub(super) fn no_announcement() -> Error {
    Error::NotFound("there is no such announcement".to_owned())
}

/// What came of asking for something to be announced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Requested {
    Now,
    /// With the same key.
    Before,
    NoContent,
    TooMany,
}

/// Asks for something to be announced; nothing where the viewer may not.
pub(super) async fn request(
    scope: &TenantScope<Editor>,
    content: &str,
    (announcement, creation_key): (BoltType, Option<String>),
    max_requests: i64,
    event: NewEvent,
) -> Result<Option<(Requested, AnnouncementId)>> {
    #[derive(Deserialize)]
    struct Row {
        verdict: Requested,
        id: AnnouncementId,
    }
    let statement = cypher!("announcements/request")
        .bind("roles", roles())
        .bind("contentId", content)
        .bind("announcement", announcement)
        .bind("creationKey", or_null(creation_key))
        .bind("maxRequests", max_requests)
        .bind("event", event);
    Ok(scope.write::<Row>(statement).await?.pop().map(|row| (row.verdict, row.id)))
}

/// What came of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(super) enum Changed {
    Done,
    /// It has been changed meanwhile.
    Stale,
    /// The tenant has taken it back.
    Withdrawn,
    /// It would end before it begins, or be too long.
    NoPeriod,
}

#[derive(Deserialize)]
struct ChangeRow {
    verdict: Changed,
    version: i32,
}

/// What an operator decides.
pub(super) struct Decision {
    pub(super) state: AnnouncementState,
    pub(super) from: Option<DateTime<Utc>>,
    pub(super) until: Option<DateTime<Utc>>,
    pub(super) reason: Option<String>,
}

/// Decides about an announcement, and says which version it had; nothing where there is none.
pub(super) async fn decide(
    scope: &Scope,
    id: AnnouncementId,
    expected_version: i32,
    decision: Decision,
    event: NewEvent,
) -> Result<Option<(Changed, i32)>> {
    let statement = cypher!("announcements/decide")
        .bind("id", id)
        .bind("expectedVersion", i64::from(expected_version))
        .bind("state", name(decision.state))
        .bind("from", or_null(decision.from))
        .bind("until", or_null(decision.until))
        .bind("reason", or_null(decision.reason))
        .bind("maxSeconds", MAX_PERIOD.num_seconds())
        .bind("event", event);
    Ok(scope.write::<ChangeRow>(statement).await?.pop().map(|row| (row.verdict, row.version)))
}

/// Takes an announcement of a tenant back, and says which version it had; nothing where there is none.
pub(super) async fn withdraw(
    scope: &TenantScope<Editor>,
    id: AnnouncementId,
    expected_version: i32,
    event: NewEvent,
) -> Result<Option<(Changed, i32)>> {
    let statement = cypher!("announcements/withdraw")
        .bind("id", id)
        .bind("roles", roles())
        .bind("expectedVersion", i64::from(expected_version))
        .bind("event", event);
    Ok(scope.write::<ChangeRow>(statement).await?.pop().map(|row| (row.verdict, row.version)))
}
