use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, watch};
use tokio::task::{JoinHandle, JoinSet};
use tracing::{info, warn};
use ulid::Ulid;

use super::registry::{self, FUNCTIONS};
use super::run::{Attempts, Stage};
use super::store::{self, Held};
use super::{Function, FunctionSettings, Services};
use crate::graph::GraphError;

/// How often the lag is measured.
const MEASURE_EVERY: Duration = Duration::from_secs(5);
/// How long a stopping server may take to give back what it has not finished.
const GIVE_BACK_LIMIT: Duration = Duration::from_secs(2);

/// Works on events until it is stopped or dropped. Each server has one; they share the work.
pub struct Dispatcher {
    stage: watch::Sender<Stage>,
    task: JoinHandle<()>,
}

impl Dispatcher {
    /// Begins to work.
    #[must_use]
    pub fn start(services: Services, settings: FunctionSettings) -> Self {
        let (stage, watched) = watch::channel(Stage::Working);
        let places = FUNCTIONS.iter().map(|function| {
            let at_once = function.at_once.map_or(settings.at_once, |own| own.min(settings.at_once));
            (function, Arc::new(Semaphore::new(at_once)))
        });
        let places = places.collect();
        let names = FUNCTIONS.iter().map(|function| function.name).collect();
        let attempts = Arc::new(Attempts { services, settings, stage: watched });
        let work = Work { places, names, attempts, running: JoinSet::new() };
        Self { stage, task: tokio::spawn(work.go_on()) }
    }

    /// Takes nothing on any more.
    pub fn begin_to_stop(&self) {
        self.stage.send_if_modified(|stage| {
            let begins = *stage < Stage::Finishing;
            *stage = (*stage).max(Stage::Finishing);
            begins
        });
    }

    /// Finishes what was taken on within this time, and gives back the rest, so that another server can do it at once.
    pub async fn stop(mut self, limit: Duration) {
        self.begin_to_stop();
        if tokio::time::timeout(limit, &mut self.task).await.is_err() {
            info!("functions are given back, because the server stops");
            self.stage.send_replace(Stage::Leaving);
            let _ = tokio::time::timeout(GIVE_BACK_LIMIT, &mut self.task).await;
        }
    }
}

impl Drop for Dispatcher {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The work of a server.
struct Work {
    /// A function blocks no other: each has places of its own.
    places: Vec<(&'static Function, Arc<Semaphore>)>,
    names: Vec<&'static str>,
    attempts: Arc<Attempts>,
    running: JoinSet<()>,
}

impl Work {
    async fn go_on(mut self) {
        let attempts = Arc::clone(&self.attempts);
        let (graph, poll) = (&attempts.services.graph, attempts.settings.poll);
        let mut stage = attempts.stage.clone();
        let mut measured: Option<Instant> = None;
        while *stage.borrow() == Stage::Working {
            match self.round().await {
                // What has come meanwhile is done at once, too.
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => warn!(%error, "no functions were called; it is tried again"),
            }
            if measured.is_none_or(|at| at.elapsed() >= MEASURE_EVERY) {
                self.measure().await;
                measured = Some(Instant::now());
            }
            tokio::select! {
                // An event was written by this server.
                () = graph.has_marked() => {}
                // Somebody has a place again, and the next one of a lane may be due.
                Some(_) = self.running.join_next() => {}
                () = tokio::time::sleep(poll) => {}
                // An error says that nobody can stop it any more but by dropping it.
                _ = stage.wait_for(|stage| *stage > Stage::Working) => {}
            }
        }
        while self.running.join_next().await.is_some() {}
    }

    /// Hands events out and takes on what is due; whether there may be more.
    async fn round(&mut self) -> Result<bool, GraphError> {
        while self.running.try_join_next().is_some() {}
        let graph = &self.attempts.services.graph;
        let waiting = store::waiting(graph, &self.names).await?;
        let handed_out = waiting.events && store::hand_out(graph).await? > 0;
        let wanted = self.places.iter().filter_map(|(function, places)| {
            let is_due = handed_out || waiting.functions.iter().any(|name| name == function.name);
            let free = places.available_permits();
            (is_due && free > 0).then_some((function.name, free))
        });
        let wanted = wanted.collect::<Vec<_>>();
        if wanted.is_empty() {
            return Ok(handed_out);
        }
        let (lease, since) = (Ulid::new().to_string().to_lowercase(), Instant::now());
        let claimed = store::claim(graph, &wanted, &lease, self.attempts.settings.lease).await?;
        let has_claimed = !claimed.is_empty();
        for claimed in claimed {
            let Some(function) = registry::named(&claimed.function) else { continue };
            let places = self.places.iter().find(|(other, _)| other.name == function.name);
            // There are as many as were wanted.
            let Some(place) = places.and_then(|(_, places)| Arc::clone(places).try_acquire_owned().ok()) else {
                continue;
            };
            let held = Held { event: claimed.event_id, function: function.name, lease: lease.clone() };
            let attempts = Arc::clone(&self.attempts);
            self.running.spawn(async move {
                attempts.attempt(function, claimed, held, since).await;
                drop(place);
            });
        }
        Ok(handed_out || has_claimed)
    }

    async fn measure(&self) {
        let graph = &self.attempts.services.graph;
        match store::measure(graph, &self.names).await {
            Ok(measured) => {
                for measured in measured {
                    let Some(function) = registry::named(&measured.function) else { continue };
                    let lag = Duration::from_millis(u64::try_from(measured.lag_ms).unwrap_or(0));
                    graph.metrics().function_backlog(function.name, measured.waiting, lag, measured.failed);
                }
            }
            Err(error) => warn!(%error, "the lag of functions was not measured"),
        }
    }
}
