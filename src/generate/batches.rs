//! The graph, cut into batches. A batch depends on the parameters and its place alone.

use neo4rs::BoltType;

use super::{Plan, rows};
use crate::graph::Statement;

/// What is written after what. The order is that of dependence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    Tags,
    People,
    Tenants,
    Franchises,
    Series,
    Episodes,
    Users,
    Watched,
    Comments,
    Finished,
}

impl Phase {
    const ALL: [Self; 10] = [
        Self::Tags,
        Self::People,
        Self::Tenants,
        Self::Franchises,
        Self::Series,
        Self::Episodes,
        Self::Users,
        Self::Watched,
        Self::Comments,
        Self::Finished,
    ];

    /// The name in the graph.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Tags => "tags",
            Self::People => "people",
            Self::Tenants => "tenants",
            Self::Franchises => "franchises",
            Self::Series => "series",
            Self::Episodes => "episodes",
            Self::Users => "users",
            Self::Watched => "watched",
            Self::Comments => "comments",
            Self::Finished => "finished",
        }
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| phase.name() == name)
    }

    fn next(self) -> Self {
        let after = Self::ALL.into_iter().skip_while(|phase| *phase != self).nth(1);
        after.unwrap_or(Self::Finished)
    }
}

/// How far a generation has come: all phases before `phase`, and `done` of its own rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) phase: Phase,
    pub(super) done: u32,
}

impl Position {
    pub(super) const START: Self = Self { phase: Phase::Tags, done: 0 };

    /// Reads a position from the graph; `None` for a phase that this program does not know.
    pub(super) fn read(phase: &str, done: i64) -> Option<Self> {
        Some(Self { phase: Phase::named(phase)?, done: u32::try_from(done).ok()? })
    }
}

/// A statement with its rows, each of which it must write.
pub(super) struct Write {
    pub(super) statement: Statement,
    pub(super) rows: Vec<BoltType>,
}

impl Write {
    pub(super) fn new(statement: Statement, rows: Vec<BoltType>) -> Self {
        Self { statement, rows }
    }
}

/// What one transaction writes.
pub(super) struct Batch {
    /// Where it ends.
    pub(super) to: Position,
    /// How many rows of its phase it has.
    pub(super) rows: u32,
    pub(super) nodes: u64,
    pub(super) relationships: u64,
    pub(super) writes: Vec<Write>,
}

impl Plan {
    /// How many rows a phase has.
    pub(super) fn length(&self, phase: Phase) -> u32 {
        let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        match phase {
            Phase::Tags => count(super::words::TAGS.len()),
            Phase::People => self.catalogue.people,
            Phase::Tenants => self.catalogue.tenants,
            Phase::Franchises => count(self.catalogue.franchises.len()),
            Phase::Series => count(self.catalogue.series.len()),
            Phase::Episodes => count(self.catalogue.episodes.len()),
            Phase::Users => count(self.people.joined.len()),
            Phase::Watched => self.watched,
            Phase::Comments => self.comments,
            Phase::Finished => 0,
        }
    }

    /// How many rows there are in all, and how many of them lie before a position.
    pub(super) fn rows(&self, position: Position) -> (u64, u64) {
        let length = |phase| u64::from(self.length(phase));
        let all = Phase::ALL.into_iter().map(length).sum();
        let before: u64 = Phase::ALL.into_iter().take_while(|phase| *phase != position.phase).map(length).sum();
        (all, before + u64::from(position.done))
    }

    /// The batch that begins at a position, of at most `most` rows; `None` at the end.
    pub(super) fn batch(&self, from: Position, most: u32) -> Option<Batch> {
        let from = self.skip_done(from);
        let (begin, length) = (from.done, self.length(from.phase));
        let end = begin.saturating_add(most.max(1)).min(length);
        let range = begin..end;
        let mut batch =
            Batch { to: from, rows: end - begin, nodes: u64::from(end - begin), relationships: 0, writes: Vec::new() };
        match from.phase {
            Phase::Tags => rows::catalogue::tags(self, range, &mut batch),
            Phase::People => rows::catalogue::people(self, range, &mut batch),
            Phase::Tenants => rows::catalogue::tenants(self, range, &mut batch),
            Phase::Franchises => rows::catalogue::franchises(self, range, &mut batch),
            Phase::Series => rows::catalogue::series(self, range, &mut batch),
            Phase::Episodes => rows::catalogue::episodes(self, range, &mut batch),
            Phase::Users => rows::community::users(self, range, &mut batch),
            Phase::Watched => rows::community::watched(self, range, &mut batch),
            Phase::Comments => rows::community::comments(self, range, &mut batch),
            Phase::Finished => return None,
        }
        batch.to = self.skip_done(Position { phase: from.phase, done: end });
        Some(batch)
    }

    /// Goes on to the next phase that has rows left.
    fn skip_done(&self, mut position: Position) -> Position {
        while position.phase != Phase::Finished && position.done >= self.length(position.phase) {
            position = Position { phase: position.phase.next(), done: 0 };
        }
        position
    }
}
