//! The statements of `cypher/deletion/` and their rows. No other file names them.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::cypher;
use crate::error::Result;
use crate::events::NewEvent;
use crate::graph::{Graph, GraphError, Statement};
use crate::id::UserId;
use crate::scope::Scope;

/// What keeps an account from being deleted.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Requested {
    /// The slugs of the tenants that would be left without an owner.
    pub(super) alone: Vec<String>,
    /// Whether nobody else runs the platform.
    pub(super) is_last_operator: bool,
}

/// Hides the viewer's account and ends its sessions, unless a tenant would be left without an owner, or the
/// platform without an operator. Each tenant is told
/// that a member is gone, and that it is closed where there is no other.
pub(super) async fn request(
    scope: &Scope,
    delete_after: DateTime<Utc>,
    event: NewEvent,
    [removed, closed]: [NewEvent; 2],
) -> Result<Option<Requested>> {
    let statement = cypher!("deletion/request")
        .bind("deleteAfter", delete_after)
        .bind("event", event)
        .bind("removedEvent", removed)
        .bind("closedEvent", closed);
    Ok(scope.write(statement).await?.pop())
}

#[derive(Deserialize)]
struct Id {
    id: UserId,
}

/// Accounts whose time is up.
pub(super) async fn due(graph: &Graph, limit: i64, now: DateTime<Utc>) -> Result<Vec<UserId>, GraphError> {
    let rows = graph.read::<Id>(cypher!("deletion/due").bind("limit", limit).bind("now", now)).await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Takes an account on to be erased, unless another server is at it.
pub(super) async fn claim(
    graph: &Graph,
    id: UserId,
    abandoned_before: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<bool, GraphError> {
    let statement = cypher!("deletion/claim").bind("id", id).bind("abandonedBefore", abandoned_before).bind("now", now);
    Ok(!graph.write::<Id>(statement).await?.is_empty())
}

/// The statements that erase an account piece by piece, in their order.
pub(super) const PIECES: [fn() -> Statement; 5] = [
    || cypher!("deletion/invitations"),
    || cypher!("deletion/events"),
    || cypher!("deletion/tickets"),
    || cypher!("deletion/relationships"),
    || cypher!("deletion/belongings"),
];

#[derive(Deserialize)]
struct Erased {
    erased: i64,
}

/// Erases some of an account, and says how much.
pub(super) async fn erase(graph: &Graph, piece: Statement, id: UserId, limit: i64) -> Result<i64, GraphError> {
    let rows = graph.write::<Erased>(piece.bind("id", id).bind("limit", limit)).await?;
    Ok(rows.first().map_or(0, |row| row.erased))
}

/// Removes some of the invitations that are too old to be accepted: they hold addresses of people without an account.
pub(super) async fn forget_invitations(graph: &Graph, limit: i64, now: DateTime<Utc>) -> Result<i64, GraphError> {
    let rows =
        graph.write::<Erased>(cypher!("deletion/expired_invitations").bind("limit", limit).bind("now", now)).await?;
    Ok(rows.first().map_or(0, |row| row.erased))
}

/// Takes an account out of some of its tenants, and says out of how many. One that has no owner then gets another.
pub(super) async fn leave(
    graph: &Graph,
    id: UserId,
    limit: i64,
    now: DateTime<Utc>,
    [left, inherited]: [NewEvent; 2],
) -> Result<i64, GraphError> {
    let statement = cypher!("deletion/memberships").bind("now", now).bind("event", left).bind("heirEvent", inherited);
    erase(graph, statement, id, limit).await
}

/// Erases an account that has nothing any more.
pub(super) async fn finish(graph: &Graph, id: UserId, now: DateTime<Utc>, event: NewEvent) -> Result<bool, GraphError> {
    let statement = cypher!("deletion/finish").bind("id", id).bind("now", now).bind("event", event);
    Ok(graph.write::<Erased>(statement).await?.first().is_some_and(|row| row.erased > 0))
}
