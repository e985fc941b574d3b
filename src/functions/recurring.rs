use std::sync::Arc;
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;
use tracing::{Instrument, info_span, warn};
use ulid::Ulid;

use super::store::{self, MAX_FORGOTTEN};
use super::{FunctionError, Services};
use crate::config::FunctionsConfig;

/// How long after its last sign of life a server is taken for killed, and another does its jobs.
const LEASE: Duration = Duration::from_secs(30);
/// How often it gives a sign of life.
const SIGN_EVERY: Duration = Duration::from_secs(10);
/// The longest time between two looks whether a job is due: how late it may be when another server did it before.
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// The work of a job. It may be begun again when it was not finished.
pub type Job = Arc<dyn Fn(Services) -> BoxFuture<'static, Result<(), FunctionError>> + Send + Sync>;

/// A job that runs every so often, on one server at a time, however many there are.
#[derive(Clone)]
pub struct Recurring {
    name: &'static str,
    every: Duration,
    job: Job,
}

impl Recurring {
    /// A job with a name that no other has, and that never changes. What it fails at, it tries again the next time.
    pub fn new<F>(name: &'static str, every: Duration, job: F) -> Self
    where
        F: Fn(Services) -> BoxFuture<'static, Result<(), FunctionError>> + Send + Sync + 'static,
    {
        Self { name, every, job: Arc::new(job) }
    }

    /// Forgets functions that were given up long ago.
    #[must_use]
    pub fn forgetting(config: &FunctionsConfig) -> Self {
        let days = i64::try_from(config.functions_failed_days).unwrap_or(i64::MAX);
        Self::new("forget-failed-functions", Duration::from_secs(config.functions_cleanup_seconds), move |services| {
            Box::pin(async move {
                while store::forget_failed(&services.graph, days).await? == MAX_FORGOTTEN {}
                Ok(())
            })
        })
    }

    /// Runs it whenever its time has come.
    async fn go_on(self, services: Services) {
        let mut ticks = tokio::time::interval(self.every.min(LONGEST_WAIT));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            let (lease, since) = (Ulid::new().to_string().to_lowercase(), Instant::now());
            match store::claim_job(&services.graph, self.name, self.every, &lease, LEASE).await {
                Ok(true) => self.run(&services, &lease, since).instrument(info_span!("job", job = self.name)).await,
                Ok(false) => {}
                Err(error) => warn!(job = self.name, %error, "a job was not taken on"),
            }
        }
    }

    async fn run(&self, services: &Services, lease: &str, since: Instant) {
        tokio::select! {
            result = (self.job)(services.clone()) => {
                if let Err(error) = result {
                    warn!(%error, "a job has failed");
                }
                if let Err(error) = store::renew_job(&services.graph, self.name, lease, None).await {
                    warn!(%error, "that a job has ended was not written down");
                }
            }
            () = self.hold(services, lease, since + LEASE) => {
                warn!("a job was given up, because another server has it now");
            }
        }
    }

    /// Gives signs of life until the lease is lost.
    async fn hold(&self, services: &Services, lease: &str, mut until: Instant) {
        while Instant::now() < until {
            tokio::time::sleep(SIGN_EVERY).await;
            let sent = Instant::now();
            let renewing = store::renew_job(&services.graph, self.name, lease, Some(LEASE));
            match tokio::time::timeout_at(until.into(), renewing).await {
                Ok(Ok(true)) => until = sent + LEASE,
                Ok(Ok(false)) | Err(_) => return,
                Ok(Err(error)) => warn!(%error, "the lease of a job was not renewed; it is tried again"),
            }
        }
    }
}

/// Runs jobs until it is dropped.
pub struct Runner(#[expect(dead_code, reason = "its tasks end when it is dropped")] JoinSet<()>);

impl Runner {
    /// Runs these, each in a task of its own.
    #[must_use]
    pub fn start(services: &Services, jobs: Vec<Recurring>) -> Self {
        Self(jobs.into_iter().map(|job| job.go_on(services.clone())).collect())
    }
}
