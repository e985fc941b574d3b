use std::path::PathBuf;

use clap::Args;
use url::Url;

use super::parsers::{http_url, number, text};

/// Accounts, and signing in to them.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Accounts")]
pub struct AccountsConfig {
    /// The address that the world knows this platform by; tokens name it as their issuer, and links in mails begin
    /// with it.
    #[arg(long = "public-url", env = "SEEKA_PUBLIC_URL", global = true, value_parser = http_url())]
    pub public_url: Option<Url>,
    /// File of PEM blocks with the Ed25519 private keys that sign access tokens; the first one signs, all of them
    /// check. Without it, one is made and kept in `SEEKA_DATA`.
    #[arg(long = "signing-keys-file", env = "SEEKA_SIGNING_KEYS_FILE", global = true)]
    pub signing_keys_file: Option<PathBuf>,
    /// How long an access token holds, in seconds.
    #[arg(long = "access-token-seconds", env = "SEEKA_ACCESS_TOKEN_SECONDS", global = true, default_value = "900", value_parser = number(1..=86_400))]
    pub access_token_seconds: u64,
    /// How long a session lasts that nobody uses, in days.
    #[arg(long = "session-days", env = "SEEKA_SESSION_DAYS", global = true, default_value = "30", value_parser = number(1..=365))]
    pub session_days: u64,
    /// Memory of a password hash, in KiB.
    #[arg(long = "argon2-memory-kib", env = "SEEKA_ARGON2_MEMORY_KIB", global = true, default_value = "19456", value_parser = number(8..=1_048_576))]
    pub argon2_memory_kib: u64,
    /// Passes of a password hash over its memory.
    #[arg(long = "argon2-iterations", env = "SEEKA_ARGON2_ITERATIONS", global = true, default_value = "2", value_parser = number(1..=100))]
    pub argon2_iterations: u64,
    /// The most passwords that are hashed at the same time; each takes the memory of a hash.
    #[arg(long = "max-concurrent-hashes", env = "SEEKA_MAX_CONCURRENT_HASHES", global = true, default_value = "4", value_parser = number(1..=1_000))]
    pub max_concurrent_hashes: u64,
    /// The most passwords that wait for their turn to be hashed; more are turned away.
    #[arg(long = "max-waiting-hashes", env = "SEEKA_MAX_WAITING_HASHES", global = true, default_value = "200", value_parser = number(0..=100_000))]
    pub max_waiting_hashes: u64,
    /// The shortest password, in characters.
    #[arg(long = "min-password-length", env = "SEEKA_MIN_PASSWORD_LENGTH", global = true, default_value = "10", value_parser = number(8..=128))]
    pub min_password_length: u64,
}

/// Mail to people.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Mail")]
pub struct MailConfig {
    /// The sender of mails.
    #[arg(long = "mail-from", env = "SEEKA_MAIL_FROM", global = true, default_value = "Seeka <no-reply@localhost>", value_parser = text())]
    pub from: String,
}
