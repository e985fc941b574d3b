use std::time::Duration;

use rand::RngExt;

use crate::config::FunctionsConfig;

/// The longest pause before another attempt.
const LONGEST_PAUSE: Duration = Duration::from_mins(10);
/// How many signs of life fit into a lease: one or two may be lost.
const SIGNS_PER_LEASE: u32 = 3;

/// How functions are worked on.
#[derive(Debug, Clone)]
pub struct FunctionSettings {
    pub(super) poll: Duration,
    pub(super) at_once: usize,
    pub(super) lease: Duration,
    pub(super) attempts: i64,
    retry: Duration,
}

impl FunctionSettings {
    /// Works as `config` says.
    #[must_use]
    pub fn new(config: &FunctionsConfig) -> Self {
        Self {
            poll: Duration::from_millis(config.functions_poll_ms),
            at_once: usize::try_from(config.functions_at_once).unwrap_or(usize::MAX),
            lease: Duration::from_millis(config.functions_lease_ms),
            attempts: i64::try_from(config.functions_attempts).unwrap_or(i64::MAX),
            retry: Duration::from_millis(config.functions_retry_ms),
        }
    }

    /// How often a server gives a sign of life.
    pub(super) fn sign_every(&self) -> Duration {
        self.lease / SIGNS_PER_LEASE
    }

    /// The pause after this many attempts, shortened by chance so that what failed together does not return together.
    pub(super) fn pause(&self, attempts: i64) -> Duration {
        let doublings = u32::try_from(attempts.saturating_sub(1).clamp(0, 20)).unwrap_or(20);
        let pause = self.retry.saturating_mul(1 << doublings).min(LONGEST_PAUSE);
        pause.mul_f64(rand::rng().random_range(0.75..=1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_doubles_up_to_the_longest() {
        let settings = FunctionSettings {
            poll: Duration::ZERO,
            at_once: 1,
            lease: Duration::from_secs(3),
            attempts: 10,
            retry: Duration::from_secs(2),
        };
        for (attempts, seconds) in [(1, 2), (2, 4), (5, 32), (30, 600), (i64::MAX, 600)] {
            let (pause, longest) = (settings.pause(attempts), Duration::from_secs(seconds));
            assert!(pause <= longest && pause >= longest.mul_f64(0.7), "{attempts}: {pause:?}");
        }
    }
}
