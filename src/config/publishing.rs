use clap::Args;

use super::parsers::number;

/// Publishing.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Publishing")]
pub struct PublishingConfig {
    /// How long a release is announced to all servers of the graph before it takes effect, so that no viewer sees half of it.
    /// It has to be the same for all servers of a graph.
    #[arg(long = "publishing-notice-ms", env = "SEEKA_PUBLISHING_NOTICE_MS", global = true, default_value = "1000", value_parser = number(100..=60_000))]
    pub publishing_notice_ms: u64,
}
