use clap::Args;

use super::parsers::rate;

/// How often something may be tried: so many times at once, and then again after each pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many times at once; `0` for no limit.
    pub times: u32,
    /// After how many seconds there is one time more.
    pub seconds: u32,
}

/// How often secrets may be tried and given out. Each limit is written as times and seconds: `10/60` is ten times at
/// once, and one more every 60 seconds; `0` is no limit.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Attempts")]
pub struct AttemptsConfig {
    /// How often a password of one account may be tried from one network: times at once, and the seconds until one
    /// more. `0` means no limit.
    #[arg(long = "passwords-per-account", env = "SEEKA_PASSWORDS_PER_ACCOUNT", global = true, default_value = "10/60", value_parser = rate())]
    pub passwords_per_account: Rate,
    /// How often a password of one account may be tried from all networks together, those left out from which it was
    /// right before.
    #[arg(long = "passwords-per-account-anywhere", env = "SEEKA_PASSWORDS_PER_ACCOUNT_ANYWHERE", global = true, default_value = "100/36", value_parser = rate())]
    pub passwords_per_account_anywhere: Rate,
    /// How often passwords may be tried from one network, whosever they are.
    #[arg(long = "passwords-per-address", env = "SEEKA_PASSWORDS_PER_ADDRESS", global = true, default_value = "100/5", value_parser = rate())]
    pub passwords_per_address: Rate,
    /// How often one network may register.
    #[arg(long = "registrations-per-address", env = "SEEKA_REGISTRATIONS_PER_ADDRESS", global = true, default_value = "20/180", value_parser = rate())]
    pub registrations_per_address: Rate,
    /// How many mails may be asked for to one mailbox.
    #[arg(long = "mails-per-account", env = "SEEKA_MAILS_PER_ACCOUNT", global = true, default_value = "5/900", value_parser = rate())]
    pub mails_per_account: Rate,
    /// How many mails one network may ask for.
    #[arg(long = "mails-per-address", env = "SEEKA_MAILS_PER_ADDRESS", global = true, default_value = "50/60", value_parser = rate())]
    pub mails_per_address: Rate,
    /// How often tokens and codes of one account or session may be used, such as a refresh token.
    #[arg(long = "tokens-per-account", env = "SEEKA_TOKENS_PER_ACCOUNT", global = true, default_value = "60/10", value_parser = rate())]
    pub tokens_per_account: Rate,
    /// How often one network may use tokens and codes, whosever they are.
    #[arg(long = "tokens-per-address", env = "SEEKA_TOKENS_PER_ADDRESS", global = true, default_value = "300/1", value_parser = rate())]
    pub tokens_per_address: Rate,
    /// How many secrets one account may have made, such as access tokens.
    #[arg(long = "secrets-per-account", env = "SEEKA_SECRETS_PER_ACCOUNT", global = true, default_value = "30/60", value_parser = rate())]
    pub secrets_per_account: Rate,
}
