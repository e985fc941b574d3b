use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use futures::FutureExt;
use tokio::sync::watch;
use tracing::{Instrument, Span, error, info_span, warn};

use super::store::{Claimed, Held};
use super::{EventContext, Function, FunctionError, FunctionSettings, Services};
use crate::graph::GraphError;
use crate::telemetry::FunctionOutcome;

/// How far a server is with stopping.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stage {
    /// It takes work on.
    Working,
    /// It finishes what it has taken on.
    Finishing,
    /// It gives back what is not finished.
    Leaving,
}

/// What the attempts of a server have in common.
pub(super) struct Attempts {
    pub(super) services: Services,
    pub(super) settings: FunctionSettings,
    pub(super) stage: watch::Receiver<Stage>,
}

/// How an attempt came to its end.
enum End {
    /// The handler has ended.
    Ended(Result<(), FunctionError>),
    /// Somebody else does it meanwhile.
    Lost,
    /// The server stops before the handler has ended.
    Cut,
}

impl Attempts {
    /// Attempts a function on an event that was taken on at `since`, and writes down what came of it.
    pub(super) async fn attempt(&self, function: &'static Function, claimed: Claimed, held: Held, since: Instant) {
        let span = span(function.name, &claimed);
        self.attempted(function, claimed, held, since).instrument(span).await;
    }

    async fn attempted(&self, function: &'static Function, claimed: Claimed, held: Held, since: Instant) {
        let (attempts, started) = (claimed.attempts, Instant::now());
        let end = match claimed.event {
            // Each of the attempts before has ended with its server.
            _ if attempts > self.settings.attempts => {
                let why = "the server ended, or lost its lease, in every attempt";
                End::Ended(Err(FunctionError::permanent(why)))
            }
            // The event is gone, and with it the reason.
            None => End::Ended(Ok(())),
            Some(event) => {
                let context = EventContext::new(event, &self.services);
                self.handled(function, context, &held, since).await
            }
        };
        let outcome = match self.concluded(&held, attempts, end).await {
            Ok(outcome) => outcome,
            Err(error) => {
                // Once the lease is over, it is attempted again.
                warn!(%error, "what came of a function was not written down");
                FunctionOutcome::Lost
            }
        };
        self.services.graph.metrics().function(function.name, outcome, started.elapsed());
    }

    /// Calls the handler, and holds the lease as long as it works.
    async fn handled(&self, function: &'static Function, context: EventContext, held: &Held, since: Instant) -> End {
        let work = AssertUnwindSafe((function.handler)(context)).catch_unwind();
        let mut stage = self.stage.clone();
        tokio::select! {
            ended = tokio::time::timeout(function.limit, work) => End::Ended(match ended {
                Ok(Ok(result)) => result,
                Ok(Err(_)) => Err(FunctionError::retryable("the function panicked")),
                Err(_) => Err(FunctionError::retryable("the function took too long")),
            }),
            () = self.hold(held, since + self.settings.lease) => End::Lost,
            // The sender lives as long as the server.
            _ = stage.wait_for(|stage| *stage == Stage::Leaving) => End::Cut,
        }
    }

    /// Gives signs of life until the lease is lost.
    async fn hold(&self, held: &Held, mut until: Instant) {
        while Instant::now() < until {
            tokio::time::sleep(self.settings.sign_every()).await;
            let sent = Instant::now();
            let renewing = held.renew(&self.services.graph, self.settings.lease);
            // Whether or not Neo4j answers, nobody else has it before the lease is over.
            match tokio::time::timeout_at(until.into(), renewing).await {
                Ok(Ok(true)) => until = sent + self.settings.lease,
                Ok(Ok(false)) | Err(_) => return,
                Ok(Err(error)) => warn!(%error, "a lease was not renewed; it is tried again"),
            }
        }
    }

    /// Writes down what came of an attempt.
    async fn concluded(&self, held: &Held, attempts: i64, end: End) -> Result<FunctionOutcome, GraphError> {
        let graph = &self.services.graph;
        let (is_held, outcome) = match end {
            End::Ended(Ok(())) => (held.done(graph).await?, FunctionOutcome::Done),
            End::Ended(Err(FunctionError::Retryable(why))) if attempts < self.settings.attempts => {
                let pause = self.settings.pause(attempts);
                warn!(attempts, why, milliseconds = pause.as_millis(), "a function failed, and is attempted again");
                (held.put_off(graph, attempts, pause).await?, FunctionOutcome::Delayed)
            }
            End::Ended(Err(failure)) => {
                let why = failure.told();
                error!(attempts, why, "a function is given up");
                (held.give_up(graph, &why).await?, FunctionOutcome::GivenUp)
            }
            End::Cut => {
                // It was no fault of the function.
                (held.put_off(graph, attempts - 1, Duration::ZERO).await?, FunctionOutcome::GivenBack)
            }
            End::Lost => (false, FunctionOutcome::Lost),
        };
        if is_held {
            return Ok(outcome);
        }
        warn!("a lease was lost while a function worked, and somebody else has the work now");
        Ok(FunctionOutcome::Lost)
    }
}

/// The span of an attempt: what it logs has the correlation id of the request that caused the event.
fn span(function: &'static str, claimed: &Claimed) -> Span {
    let correlation_id = claimed.event.as_ref().and_then(|event| event.correlation_id.as_deref());
    let correlation_id = correlation_id.unwrap_or_default();
    info_span!("function", function, event = %claimed.event_id, correlation_id, attempt = claimed.attempts)
}
