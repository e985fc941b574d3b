use clap::Args;

use super::Switch;
use super::parsers::{choice, number};

/// Functions on events.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Functions on events")]
pub struct FunctionsConfig {
    /// Whether this server works on events: `on` or `off`. Another server of the same graph has to, then.
    #[arg(long = "functions", env = "SEEKA_FUNCTIONS", global = true, default_value = "on", value_parser = choice::<Switch>())]
    pub functions: Switch,
    /// How often work is looked for that another server has left, or that waits for another attempt.
    #[arg(long = "functions-poll-ms", env = "SEEKA_FUNCTIONS_POLL_MS", global = true, default_value = "1000", value_parser = number(10..=60_000))]
    pub functions_poll_ms: u64,
    /// The most events that one function works on at the same time, on this server.
    #[arg(long = "functions-at-once", env = "SEEKA_FUNCTIONS_AT_ONCE", global = true, default_value = "4", value_parser = number(1..=100))]
    pub functions_at_once: u64,
    /// How long after its last sign of life a server is taken for killed, and another does its work.
    #[arg(long = "functions-lease-ms", env = "SEEKA_FUNCTIONS_LEASE_MS", global = true, default_value = "30000", value_parser = number(1_000..=600_000))]
    pub functions_lease_ms: u64,
    /// How often a function is attempted on an event before it is given up.
    #[arg(long = "functions-attempts", env = "SEEKA_FUNCTIONS_ATTEMPTS", global = true, default_value = "10", value_parser = number(1..=100))]
    pub functions_attempts: u64,
    /// The pause after the first attempt that failed; each further one is twice as long, up to ten minutes.
    #[arg(long = "functions-retry-ms", env = "SEEKA_FUNCTIONS_RETRY_MS", global = true, default_value = "2000", value_parser = number(10..=600_000))]
    pub functions_retry_ms: u64,
    /// How long a function that was given up can be tried once more, in days; then it is forgotten.
    #[arg(long = "functions-failed-days", env = "SEEKA_FUNCTIONS_FAILED_DAYS", global = true, default_value = "90", value_parser = number(1..=3_650))]
    pub functions_failed_days: u64,
    /// How often what is forgotten then is looked for, in seconds.
    #[arg(long = "functions-cleanup-seconds", env = "SEEKA_FUNCTIONS_CLEANUP_SECONDS", global = true, default_value = "3600", value_parser = number(1..=86_400))]
    pub functions_cleanup_seconds: u64,
}
