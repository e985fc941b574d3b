use clap::Args;

use super::parsers::number;

/// Sessions: who is signed in where.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Sessions")]
pub struct SessionsConfig {
    /// How long a refresh token that has just been used is taken for a second try of the same client, in milliseconds;
    /// later, it ends its session.
    #[arg(long = "refresh-grace-ms", env = "SEEKA_REFRESH_GRACE_MS", global = true, default_value = "10000", value_parser = number(0..=600_000))]
    pub refresh_grace_ms: u64,
    /// The most sessions of one user; the one that was unused the longest ends when another begins.
    #[arg(long = "max-sessions", env = "SEEKA_MAX_SESSIONS", global = true, default_value = "100", value_parser = number(1..=1_000))]
    pub max_sessions: u64,
}
