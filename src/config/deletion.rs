use clap::Args;

use super::parsers::number;

/// What becomes of accounts that are deleted.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Deletion of accounts")]
pub struct DeletionConfig {
    /// How long an account that is to be deleted can be had back by signing in, in days.
    #[arg(long = "deletion-days", env = "SEEKA_DELETION_DAYS", global = true, default_value = "30", value_parser = number(0..=365))]
    pub deletion_days: u64,
    /// How often accounts whose time is up, and exports that nobody can fetch any more, are looked for, in seconds.
    #[arg(long = "deletion-sweep-seconds", env = "SEEKA_DELETION_SWEEP_SECONDS", global = true, default_value = "600", value_parser = number(1..=86_400))]
    pub deletion_sweep_seconds: u64,
}
