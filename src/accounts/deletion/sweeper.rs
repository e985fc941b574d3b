use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tracing::{info, warn};

use super::events::membership_event;
use super::store;
use crate::error::{Error, Result};
use crate::events::{EventType, NewEvent};
use crate::exports;
use crate::graph::Graph;
use crate::id::UserId;
use crate::repeating::Repeating;
use crate::scope::Scope;
use crate::storage::Storage;

/// The most accounts, and the most exports, of one sweep; the others wait for the next.
const MAX_PER_SWEEP: i64 = 100;
/// The most relationships, nodes or events that one statement erases.
const MAX_PER_STATEMENT: i64 = 5_000;
/// After how many minutes a server that erases an account is taken for killed, and another goes on.
const ABANDONED_MINUTES: i64 = 10;
/// The limit of one statement of a sweep. Nobody waits for it.
const STATEMENT_LIMIT: Duration = Duration::from_mins(1);

/// Erases accounts whose time is up, and exports that nobody can fetch any more, until it is dropped. Several servers may
/// have one each: an account is erased by one of them, and everything that was begun can be begun again.
///
/// The first sweep comes when the interval is over.
pub fn start_sweeper(graph: &Graph, storage: Storage, every: Duration) -> Repeating {
    let graph = graph.patient(STATEMENT_LIMIT);
    Repeating::start(every, move || {
        let (graph, storage) = (graph.clone(), storage.clone());
        async move {
            if let Err(error) = sweep(&graph, &storage).await {
                warn!(%error, "a sweep was not finished; the next goes on");
            }
        }
    })
}

async fn sweep(graph: &Graph, storage: &Storage) -> Result<()> {
    let now = Utc::now();
    for export in exports::expired(graph, MAX_PER_SWEEP, now).await? {
        // What goes wrong with one export keeps neither the others nor the accounts.
        // Some were never finished: their parts go, too.
        match storage.delete_below(&export.key).await {
            Ok(()) => exports::forget(graph, export.id).await?,
            Err(error) => warn!(export = %export.id, %error, "an export was not removed; a later sweep tries again"),
        }
    }
    crate::accounts::providers::sweep_sign_ins(&Scope::of_server(graph, now)).await;
    store::forget_invitations(graph, MAX_PER_STATEMENT, now).await?;
    for user in store::due(graph, MAX_PER_SWEEP, now).await? {
        // What goes wrong with one account does not keep the others.
        match erase(graph, storage, user).await {
            Ok(true) => info!(%user, "an account was erased"),
            Ok(false) => {}
            Err(error) => warn!(%user, %error, "an account was not erased; a later sweep goes on"),
        }
    }
    Ok(())
}

/// Erases an account, unless another server is at it. The account itself goes last, so that whatever was begun is
/// found again.
async fn erase(graph: &Graph, storage: &Storage, user: UserId) -> Result<bool> {
    let now = Utc::now();
    if !store::claim(graph, user, now - TimeDelta::minutes(ABANDONED_MINUTES), now).await? {
        return Ok(false);
    }
    for folder in [exports::folder(user), crate::accounts::avatar_folder(user)] {
        storage.delete_below(&folder).await.map_err(Error::internal)?;
    }
    // Without the person who did it, because that is erased.
    let left = || {
        membership_event(&Scope::of_server(graph, now), EventType::MemberRemoved, user, "ACCOUNT_ERASED").by_nobody()
    };
    let inherited = || {
        membership_event(&Scope::of_server(graph, now), EventType::MemberRoleChanged, user, "LAST_OWNER_ERASED")
            .by_nobody()
    };
    while store::leave(graph, user, MAX_PER_STATEMENT, now, [left(), inherited()]).await? > 0 {}
    for piece in store::PIECES {
        while store::erase(graph, piece(), user, MAX_PER_STATEMENT).await? > 0 {}
    }
    Ok(store::finish(graph, user, now, event(graph, user, now)).await?)
}

/// The server does it, so the event has the id of the account and nothing else of a person.
fn event(graph: &Graph, user: UserId, now: DateTime<Utc>) -> NewEvent {
    Scope::of_server(graph, now).event(EventType::AccountDeleted).about(user).by(user)
}
