use chrono::{DateTime, SecondsFormat, Utc};
use clap::Args;
use clap::value_parser;

use super::GenerateError;
use crate::id::GenerationId;

/// The most users of a generated graph.
pub const MAX_USERS: u32 = 1_000_000;
/// The most episodes of a generated graph.
pub const MAX_EPISODES: u32 = 100_000;
/// The most episodes watched, summed over all users.
pub const MAX_WATCHED: u32 = 100_000_000;
/// The most comments of a generated graph. They are sorted in memory before they are written, 24 bytes each.
pub const MAX_COMMENTS: u32 = 10_000_000;
/// The most rows of one transaction.
pub const MAX_BATCH: u32 = 50_000;

/// Raised whenever the same flags would give another graph, so that an interrupted generation of an earlier
/// program is never completed by another one.
const REVISION: u32 = 1;

/// Nobody watches more than three quarters of everything there is.
const WATCHABLE_QUARTERS: u32 = 3;

/// What is generated, and where it may be written.
#[derive(Debug, Clone, Args)]
pub struct Parameters {
    /// How many users.
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = value_parser!(u32).range(1..=i64::from(MAX_USERS)))]
    pub users: u32,
    /// How many episodes; series, franchises, tenants and people follow from them.
    #[arg(long, value_name = "N", default_value_t = 2_000, value_parser = value_parser!(u32).range(1..=i64::from(MAX_EPISODES)))]
    pub episodes: u32,
    /// How often a user has watched an episode; ratings and follows follow from it.
    #[arg(long, value_name = "N", default_value_t = 200_000, value_parser = value_parser!(u32).range(0..=i64::from(MAX_WATCHED)))]
    pub watched: u32,
    /// How many comments, replies among them.
    #[arg(long, value_name = "N", default_value_t = 20_000, value_parser = value_parser!(u32).range(0..=i64::from(MAX_COMMENTS)))]
    pub comments: u32,
    /// Which of all possible graphs: the same flags with the same seed give the same one.
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub rng_seed: u64,
    /// The moment at which the graph is as it is; everything in it has happened within the two years before.
    // A fixed moment, not the present: the same command must give the same graph tomorrow.
    #[arg(long, value_name = "MOMENT", default_value = "2026-01-01T00:00:00Z")]
    pub until: DateTime<Utc>,
    /// Rows written in one transaction.
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = value_parser!(u32).range(1..=i64::from(MAX_BATCH)))]
    pub batch: u32,
    /// Writes even beside the data of other people.
    #[arg(long)]
    pub force: bool,
}

impl Parameters {
    /// Refuses what cannot be generated; `now` is the present.
    pub(super) fn check(&self, now: DateTime<Utc>) -> Result<(), GenerateError> {
        if self.until > now {
            return Err(GenerateError::Future(self.until));
        }
        let most = u64::from(self.users) * u64::from(self.most_watched());
        if u64::from(self.watched) > most {
            return Err(GenerateError::TooMuchWatched { watched: self.watched, most });
        }
        if self.comments > 0 && self.watched == 0 {
            return Err(GenerateError::NothingToCommentOn);
        }
        Ok(())
    }

    /// How many episodes one user can have watched.
    pub(super) fn most_watched(&self) -> u32 {
        (self.episodes * WATCHABLE_QUARTERS / 4).max(1)
    }

    /// The flags that decide what the graph holds, as they are given.
    pub(super) fn flags(&self) -> String {
        let until = self.until.to_rfc3339_opts(SecondsFormat::AutoSi, true);
        let Self { users, episodes, watched, comments, rng_seed, .. } = self;
        format!(
            "--users {users} --episodes {episodes} --watched {watched} --comments {comments} --rng-seed {rng_seed} --until {until}"
        )
    }

    /// The id of the generation: the same for the same flags.
    pub(super) fn id(&self) -> GenerationId {
        GenerationId::named(self.until, &format!("revision {REVISION} {}", self.flags()))
    }
}
