//! Work that a server does again and again for as long as it runs.

use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

/// Work that is repeated until this is dropped.
#[must_use = "the work ends when this is dropped"]
pub struct Repeating(JoinHandle<()>);

impl Repeating {
    /// Does `work` at this interval, the first time when it is over. What takes longer delays what follows.
    pub fn start<F>(every: Duration, work: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = ()> + Send,
    {
        Self(tokio::spawn(async move {
            let mut ticks = tokio::time::interval(every);
            ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            // The first tick comes at once.
            ticks.tick().await;
            loop {
                ticks.tick().await;
                work().await;
            }
        }))
    }
}

impl Drop for Repeating {
    fn drop(&mut self) {
        self.0.abort();
    }
}
