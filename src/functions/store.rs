//! The statements of `cypher/functions/` and their rows. No other file names them.
//!
//! Moments are those of Neo4j, so that servers whose clocks differ agree on when a lease ends.

use std::time::Duration;

use neo4rs::BoltType;
use serde::Deserialize;

use super::Event;
use super::types::FailedFunction;
use crate::cypher;
use crate::error::Result;
use crate::events::NewEvent;
use crate::graph::{Graph, GraphError, Statement, map};
use crate::id::EventId;
use crate::pagination::Page;
use crate::scope::{Scope, or_null};

/// The most events that are handed out at once.
pub(super) const MAX_HANDED_OUT: i64 = 500;
/// Up to how many deliveries are counted for metrics.
const MAX_COUNTED: i64 = 100_000;
/// The most deliveries that one statement forgets.
pub(super) const MAX_FORGOTTEN: i64 = 5_000;

/// What there is to do.
#[derive(Deserialize)]
pub(super) struct Waiting {
    /// Whether events wait to be handed out.
    pub(super) events: bool,
    /// The functions that have something due.
    pub(super) functions: Vec<String>,
}

pub(super) async fn waiting(graph: &Graph, functions: &[&str]) -> Result<Waiting, GraphError> {
    let statement = cypher!("functions/waiting").bind("functions", names(functions));
    let nothing = Waiting { events: false, functions: Vec::new() };
    Ok(graph.read(statement).await?.pop().unwrap_or(nothing))
}

/// Hands events out, and says how many.
pub(super) async fn hand_out(graph: &Graph) -> Result<i64, GraphError> {
    #[derive(Deserialize)]
    struct Row {
        events: i64,
    }
    let statement = cypher!("functions/hand_out").bind("limit", MAX_HANDED_OUT);
    Ok(graph.write_again::<Row>(statement).await?.first().map_or(0, |row| row.events))
}

/// Something that was taken on.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Claimed {
    pub(super) function: String,
    pub(super) event_id: EventId,
    /// How often it was taken on, this time included.
    pub(super) attempts: i64,
    pub(super) event: Option<Event>,
}

/// Takes on what is due, of each function as many as it has places.
pub(super) async fn claim(
    graph: &Graph,
    wanted: &[(&'static str, usize)],
    lease_id: &str,
    lease: Duration,
) -> Result<Vec<Claimed>, GraphError> {
    let places = |places: usize| i64::try_from(places).unwrap_or(i64::MAX);
    let most = wanted.iter().map(|(_, free)| places(*free)).max().unwrap_or(0);
    let wanted =
        wanted.iter().map(|(name, free)| map([("function", (*name).into()), ("places", places(*free).into())]));
    let statement = cypher!("functions/claim")
        .bind("wanted", wanted.collect::<Vec<BoltType>>())
        .bind("most", most)
        .bind("leaseId", lease_id)
        .bind("leaseMs", milliseconds(lease));
    // What an attempt has taken whose answer was lost is due again after its lease.
    graph.write_again(statement).await
}

/// A delivery that this server holds.
#[derive(Clone)]
pub(super) struct Held {
    pub(super) event: EventId,
    pub(super) function: &'static str,
    pub(super) lease: String,
}

#[derive(Deserialize)]
struct Done {
    done: bool,
}

impl Held {
    /// Runs a statement on it; whether it is still held.
    async fn run(&self, graph: &Graph, statement: Statement) -> Result<bool, GraphError> {
        let statement =
            statement.bind("eventId", self.event).bind("function", self.function).bind("leaseId", self.lease.as_str());
        Ok(graph.write_again::<Done>(statement).await?.first().is_some_and(|row| row.done))
    }

    /// Gives a sign of life.
    pub(super) async fn renew(&self, graph: &Graph, lease: Duration) -> Result<bool, GraphError> {
        self.run(graph, cypher!("functions/renew").bind("leaseMs", milliseconds(lease))).await
    }

    /// It is done.
    pub(super) async fn done(&self, graph: &Graph) -> Result<bool, GraphError> {
        self.run(graph, cypher!("functions/done")).await
    }

    /// It is given up.
    pub(super) async fn give_up(&self, graph: &Graph, error: &str) -> Result<bool, GraphError> {
        self.run(graph, cypher!("functions/give_up").bind("error", error)).await
    }

    /// It is attempted again after a pause, as if there had been so many attempts.
    pub(super) async fn put_off(&self, graph: &Graph, attempts: i64, pause: Duration) -> Result<bool, GraphError> {
        let statement = cypher!("functions/put_off").bind("attempts", attempts).bind("pauseMs", milliseconds(pause));
        self.run(graph, statement).await
    }
}

/// How much a function has before it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Measured {
    pub(super) function: String,
    pub(super) waiting: i64,
    pub(super) lag_ms: i64,
    pub(super) failed: i64,
}

pub(super) async fn measure(graph: &Graph, functions: &[&str]) -> Result<Vec<Measured>, GraphError> {
    let statement = cypher!("functions/measure").bind("functions", names(functions)).bind("most", MAX_COUNTED);
    graph.read(statement).await
}

/// A page of what was given up.
pub(super) async fn failed(scope: &Scope, page: &Page) -> Result<Vec<FailedFunction>> {
    let key = map([("lower", page.lower()), ("upper", page.upper())]);
    let (forward, backward) = if page.backward { (Vec::new(), vec![key]) } else { (vec![key], Vec::new()) };
    let statement = cypher!("functions/failed").bind("forward", forward).bind("backward", backward);
    scope.read(statement.bind("limit", page.limit())).await
}

/// Has a function attempted once more on an event that it was given up on; whether it was.
pub(super) async fn retry(scope: &Scope, event_id: EventId, function: &str, event: NewEvent) -> Result<bool> {
    let statement =
        cypher!("functions/retry").bind("eventId", event_id).bind("function", function).bind("event", event);
    let rows = scope.write::<Done>(statement).await?;
    Ok(rows.first().is_some_and(|row| row.done))
}

/// Forgets some of what was given up this many days ago, and says how much.
pub(super) async fn forget_failed(graph: &Graph, days: i64) -> Result<i64, GraphError> {
    #[derive(Deserialize)]
    struct Row {
        erased: i64,
    }
    let statement = cypher!("functions/forget_failed").bind("days", days).bind("limit", MAX_FORGOTTEN);
    Ok(graph.write_again::<Row>(statement).await?.first().map_or(0, |row| row.erased))
}

/// Takes a job on whose time has come, unless another server is at it.
pub(super) async fn claim_job(
    graph: &Graph,
    name: &str,
    every: Duration,
    lease_id: &str,
    lease: Duration,
) -> Result<bool, GraphError> {
    let statement = cypher!("functions/claim_job")
        .bind("name", name)
        .bind("everyMs", milliseconds(every))
        .bind("leaseId", lease_id)
        .bind("leaseMs", milliseconds(lease));
    Ok(graph.write::<Done>(statement).await?.first().is_some_and(|row| row.done))
}

/// Holds a job for longer, or lets go of it; whether it was still held.
pub(super) async fn renew_job(
    graph: &Graph,
    name: &str,
    lease_id: &str,
    lease: Option<Duration>,
) -> Result<bool, GraphError> {
    let statement = cypher!("functions/renew_job")
        .bind("name", name)
        .bind("leaseId", lease_id)
        .bind("leaseMs", or_null(lease.map(milliseconds)));
    Ok(graph.write_again::<Done>(statement).await?.first().is_some_and(|row| row.done))
}

fn names(functions: &[&str]) -> Vec<BoltType> {
    functions.iter().map(|name| (*name).into()).collect()
}

fn milliseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}
