use std::time::{Duration, Instant};

use rand::RngExt;

/// The pause before the first retry of a statement.
const RETRY_FIRST_PAUSE: Duration = Duration::from_millis(20);
/// The longest pause between two attempts.
const RETRY_LONGEST_PAUSE: Duration = Duration::from_millis(500);

/// Pauses that double up to a limit, each shortened by chance so that clients do not return together.
pub(super) struct Backoff {
    next: Duration,
    longest: Duration,
}

impl Backoff {
    pub(super) fn new(first: Duration, longest: Duration) -> Self {
        Self { next: first, longest }
    }

    pub(super) fn next(&mut self) -> Duration {
        let pause = self.next.mul_f64(rand::rng().random_range(0.5..=1.0));
        self.next = (self.next * 2).min(self.longest);
        pause
    }
}

/// The pauses of a work that is tried again, until a time after its first failure.
pub(super) struct Retries {
    backoff: Backoff,
    window: Duration,
    first_failure: Option<Instant>,
}

impl Retries {
    pub(super) fn new(window: Duration) -> Self {
        Self { backoff: Backoff::new(RETRY_FIRST_PAUSE, RETRY_LONGEST_PAUSE), window, first_failure: None }
    }

    /// The pause after a failure, or `None` when it was the last.
    pub(super) fn next(&mut self) -> Option<Duration> {
        let since = *self.first_failure.get_or_insert_with(Instant::now);
        let pause = self.backoff.next();
        (since.elapsed() + pause <= self.window).then_some(pause)
    }
}
