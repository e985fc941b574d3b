//! A larger graph than the sample: invented people who watch, rate, follow and write as people do, for
//! benchmarks, for recommendations and for trying out.
//!
//! The same flags give the same graph, whatever interrupts it. Every user, series and comment has random
//! numbers of its own ([`chance`]), so any batch can be made without those before it ([`batches`]); how far the
//! graph has come stands in the graph, written in the transaction of each batch ([`store`]). The catalogue and a
//! few numbers for each user and comment are in memory, everything else comes and goes with its batch.

mod batches;
mod catalogue;
mod chance;
mod discussion;
mod names;
mod parameters;
mod people;
mod progress;
mod rhythm;
mod rows;
mod store;
mod viewing;
mod words;

use std::sync::{Arc, OnceLock};

use chrono::{DateTime, Utc};
use tokio::sync::mpsc::{self, Receiver};
use tracing::info;

pub use parameters::{MAX_BATCH, MAX_COMMENTS, MAX_EPISODES, MAX_USERS, MAX_WATCHED, Parameters};

use batches::{Batch, Phase, Position};
use catalogue::Catalogue;
use chance::Chances;
use discussion::Discussion;
use names::Names;
use people::People;
use progress::{Progress, per_second};
use store::{Marker, Written};

use crate::graph::{Graph, GraphError};
use crate::seed::{self, SeedError};

/// How many batches are made ahead while Neo4j writes.
const BATCHES_AHEAD: usize = 2;

/// Why a graph was not generated, or not to its end. Each is a line that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum GenerateError {
    /// The last moment is not yet past.
    #[error("--until is {0}, but everything that is generated must lie in the past")]
    Future(DateTime<Utc>),
    /// There are too few users or episodes for what is to be watched.
    #[error("--watched is {watched}, but so many users and episodes give at most {most}: nobody watches everything")]
    TooMuchWatched {
        /// What was asked for.
        watched: u32,
        /// What is possible.
        most: u64,
    },
    /// Comments are written by those who have watched.
    #[error("--comments needs --watched: people comment on what they have watched")]
    NothingToCommentOn,
    /// The graph holds what somebody else has brought.
    #[error(
        "the graph holds other data (nodes that are neither of the sample catalogue nor generated: {nodes}), so nothing was written: generate into another graph (--data, NEO4J_URI), or beside that data with --force"
    )]
    Foreign {
        /// How many nodes are in the way.
        nodes: u64,
    },
    /// Another generation was interrupted in this graph.
    #[error(
        "another generation in this graph is not finished, so nothing was written: complete it with `seeka generate {flags}`, or generate into another graph (--data, NEO4J_URI)"
    )]
    Unfinished {
        /// Its flags.
        flags: String,
    },
    /// The graph holds another generation.
    #[error(
        "the graph holds another generation (`seeka generate {flags}`), so nothing was written: generate into another graph (--data, NEO4J_URI), or beside it with --force"
    )]
    Other {
        /// Its flags.
        flags: String,
    },
    /// Two programs generate into one graph.
    #[error("another program generates into the same graph: let it finish")]
    Concurrent,
    /// A generation of a newer program.
    #[error("the graph holds a generation that has come to {0:?}, which this program does not know")]
    UnknownPhase(String),
    /// The sample, which may be in the graph, cannot be read.
    #[error(transparent)]
    Sample(#[from] SeedError),
    /// Neo4j refused something.
    #[error("{0}; what is written stays, and the same command goes on from there")]
    Graph(#[from] GraphError),
}

/// Everything about a graph that must be known before any of it is made.
struct Plan {
    chances: Chances,
    names: Names,
    catalogue: Catalogue,
    people: People,
    /// Collected when the first comment is made.
    discussion: OnceLock<Discussion>,
    watched: u32,
    comments: u32,
    /// The last moment, in milliseconds since 1970.
    until: i64,
}

impl Plan {
    fn new(parameters: &Parameters) -> Self {
        let chances = Chances::new(parameters.rng_seed);
        let names = Names::new(parameters.id());
        let until = parameters.until.timestamp_millis();
        let catalogue = Catalogue::new(chances, &names, parameters.episodes, until);
        let people = People::new(chances, parameters);
        let (watched, comments) = (parameters.watched, parameters.comments);
        Self { chances, names, catalogue, people, discussion: OnceLock::new(), watched, comments, until }
    }
}

/// Generates a graph, or goes on with one that was interrupted. Says at the end what this run has written.
///
/// # Errors
/// When the parameters do not fit together, the graph holds something else, or Neo4j refuses something. Only in
/// the last case something may have been written, and the same call goes on with it.
pub async fn run(graph: &Graph, parameters: &Parameters) -> Result<(), GenerateError> {
    parameters.check(Utc::now())?;
    let Some(mut marker) = admitted(graph, parameters).await? else {
        return Ok(());
    };
    let start = position(&marker)?;
    let (plan, most) = (parameters.clone(), parameters.batch);
    // Drawing up the plan computes for a while, which is nothing for the threads that wait for answers.
    let plan = tokio::task::spawn_blocking(move || Plan::new(&plan)).await;
    let plan = Arc::new(plan.unwrap_or_else(|panicked| std::panic::resume_unwind(panicked.into_panic())));
    let (all, done) = plan.rows(start);
    if done > 0 {
        info!(phase = marker.phase, rows = done, of = all, "going on with the interrupted generation");
    }
    let (nodes, relationships) = (marker.nodes, marker.relationships);
    let mut progress = Progress::new(all, done);
    let mut batches = make(plan, start, most);
    let mut from = start;
    while let Some(batch) = batches.recv().await {
        let (to, shown) = (batch.to, (&batch).into());
        match store::write(graph, &mut marker, batch).await? {
            Written::Here => progress.written(from, shown),
            Written::Elsewhere => return Err(GenerateError::Concurrent),
        }
        from = to;
    }
    let elapsed = progress.elapsed();
    drop(progress);
    let (nodes, relationships) = (marker.nodes - nodes, marker.relationships - relationships);
    let rate = per_second(relationships, elapsed);
    let tenths = elapsed.as_millis() / 100;
    info!(
        "generated {nodes} nodes and {relationships} relationships in {}.{} s: {rate} relationships per second",
        tenths / 10,
        tenths % 10
    );
    Ok(())
}

/// Decides whether the graph may be written to: the marker of the generation, which is begun if it was not;
/// `None` if everything is there already.
async fn admitted(graph: &Graph, parameters: &Parameters) -> Result<Option<Marker>, GenerateError> {
    let markers = store::markers(graph).await?;
    let id = parameters.id();
    let own = markers.iter().find(|marker| marker.id == id).cloned();
    if let Some(own) = own.as_ref().filter(|own| own.phase == Phase::Finished.name()) {
        let Marker { nodes, relationships, .. } = own;
        info!("it is all there already, {nodes} nodes and {relationships} relationships; nothing was written");
        return Ok(None);
    }
    let mut others = markers.iter().filter(|marker| marker.id != id);
    if let Some(other) = others.clone().find(|other| other.phase != Phase::Finished.name()) {
        return Err(GenerateError::Unfinished { flags: other.flags.clone() });
    }
    if !parameters.force {
        if let Some(other) = others.next() {
            return Err(GenerateError::Other { flags: other.flags.clone() });
        }
        let nodes = store::foreign_nodes(graph, &seed::sample()?, &markers).await?;
        if nodes > 0 {
            return Err(GenerateError::Foreign { nodes });
        }
    }
    match own {
        Some(own) => Ok(Some(own)),
        None => Ok(Some(store::begin(graph, parameters).await?)),
    }
}

fn position(marker: &Marker) -> Result<Position, GenerateError> {
    Position::read(&marker.phase, marker.done).ok_or_else(|| GenerateError::UnknownPhase(marker.phase.clone()))
}

/// Makes the batches from a position on, on a thread of its own, a few ahead of whoever takes them.
fn make(plan: Arc<Plan>, start: Position, most: u32) -> Receiver<Batch> {
    let (sender, receiver) = mpsc::channel(BATCHES_AHEAD);
    tokio::task::spawn_blocking(move || {
        let mut position = start;
        while let Some(batch) = plan.batch(position, most) {
            position = batch.to;
            // Nobody takes any more after a failure.
            if sender.blocking_send(batch).is_err() {
                return;
            }
        }
    });
    receiver
}

#[cfg(test)]
mod tests;
