//! Ids of what is generated, and what else must be unique in a graph.

use super::rhythm::date_time;
use crate::id::{CommentId, EpisodeId, FranchiseId, GenerationId, PersonId, SeriesId, TenantId, UserId};

/// How many letters of a generation's id tell its slugs and handles from those of others.
const SUFFIX_LETTERS: usize = 4;

/// The names of one generation. An id belongs to the kind of a thing, its number and the generation; its time
/// part is when the thing was created.
pub(super) struct Names {
    generation: String,
}

macro_rules! named {
    ($($method:ident: $id:ident;)+) => {
        $(pub(super) fn $method(&self, created: i64, number: u32) -> $id {
            $id::named(date_time(created), &format!("{}/{number}", self.generation))
        })+
    };
}

impl Names {
    pub(super) fn new(generation: GenerationId) -> Self {
        Self { generation: generation.to_string() }
    }

    /// Stands at the end of what must be unique in the whole graph.
    pub(super) fn suffix(&self) -> &str {
        &self.generation[self.generation.len() - SUFFIX_LETTERS..]
    }

    named! {
        tenant: TenantId;
        franchise: FranchiseId;
        series: SeriesId;
        episode: EpisodeId;
        person: PersonId;
        user: UserId;
        comment: CommentId;
    }
}
