use clap::Args;

use super::parsers::number;

/// The files of tenants.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Assets")]
pub struct AssetsConfig {
    /// From which size on a file is uploaded in parts, in bytes. Smaller ones are checked in memory.
    #[arg(long = "asset-multipart-bytes", env = "SEEKA_ASSET_MULTIPART_BYTES", global = true, default_value = "16777216", value_parser = number(1_048_576..=67_108_864))]
    pub asset_multipart_bytes: u64,
    /// How large the parts are, in bytes; larger where there would be more than 10,000 of them.
    #[arg(long = "asset-part-bytes", env = "SEEKA_ASSET_PART_BYTES", global = true, default_value = "8388608", value_parser = number(5_242_880..=1_073_741_824))]
    pub asset_part_bytes: u64,
    /// The largest video, in bytes.
    #[arg(long = "asset-max-video-bytes", env = "SEEKA_ASSET_MAX_VIDEO_BYTES", global = true, default_value = "21474836480", value_parser = number(1_048_576..=5_000_000_000_000))]
    pub asset_max_video_bytes: u64,
    /// How long an upload may take until it is given up, in hours.
    #[arg(long = "asset-upload-hours", env = "SEEKA_ASSET_UPLOAD_HOURS", global = true, default_value = "24", value_parser = number(1..=720))]
    pub asset_upload_hours: u64,
    /// How long a file is kept that nothing uses, in days.
    #[arg(long = "asset-unused-days", env = "SEEKA_ASSET_UNUSED_DAYS", global = true, default_value = "30", value_parser = number(1..=3_650))]
    pub asset_unused_days: u64,
    /// How often uploads that were given up, and files that nothing uses, are looked for, in seconds.
    #[arg(long = "asset-sweep-seconds", env = "SEEKA_ASSET_SWEEP_SECONDS", global = true, default_value = "600", value_parser = number(1..=86_400))]
    pub asset_sweep_seconds: u64,
    /// How many files are checked at the same time.
    #[arg(long = "asset-checks", env = "SEEKA_ASSET_CHECKS", global = true, default_value = "4", value_parser = number(1..=64))]
    pub asset_checks: u64,
}
