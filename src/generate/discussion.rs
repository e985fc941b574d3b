//! What users write about what they have watched, and who answers whom.

use rand::RngExt;
use rand_distr::{Distribution, LogNormal};

use super::Plan;
use super::chance::{Chance, Purpose, scaled};
use super::rhythm::{HOUR, MINUTE};
use super::viewing::Viewing;
use super::words;
use crate::id::CommentId;

/// All comments in the order in which they are written to the graph: by episode, and by time within it.
///
/// Who writes when depends on what all users watch, so they are collected once; their texts, and who answers
/// whom, are made batch by batch.
pub(super) struct Discussion {
    written: Vec<Written>,
}

/// Who comments on which episode when.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Written {
    episode: u32,
    at: i64,
    user: u32,
    /// How far the user has seen the episode, in milliseconds.
    position: u32,
}

/// A comment as a whole.
pub(super) struct Comment {
    pub(super) id: CommentId,
    pub(super) parent: Option<CommentId>,
    pub(super) user: u32,
    pub(super) episode: u32,
    pub(super) at: i64,
    pub(super) body: String,
    /// The place in the episode that it is about, in milliseconds.
    pub(super) anchor: Option<i64>,
}

/// The middle of the time between the end of an episode and a comment on it.
const REACTION: i64 = 40 * MINUTE;
/// The spread of that time, as the standard deviation of its logarithm.
const REACTION_SPREAD: f64 = 1.6;
/// How many of the first comments attract answers for as long as the discussion lasts.
const OPENINGS: u32 = 5;

impl Discussion {
    /// Collects who comments on what. Users comment on episodes that they have watched, so most comments come
    /// soon after an episode is published, when most people watch it.
    pub(super) fn new(plan: &Plan) -> Self {
        let mut written = Vec::new();
        for (user, count) in (0..).zip(&plan.people.comments) {
            if *count > 0 {
                collect(plan, user, *count, &mut written);
            }
        }
        written.sort_unstable();
        // Comments on an episode have different times, so that their order is never in doubt.
        let mut before: Option<Written> = None;
        for comment in &mut written {
            if let Some(before) = before.filter(|before| before.episode == comment.episode) {
                comment.at = comment.at.max(before.at + 1);
            }
            before = Some(*comment);
        }
        Self { written }
    }

    /// The comment with this number.
    pub(super) fn comment(&self, plan: &Plan, number: u32) -> Comment {
        let written = self.written[number as usize];
        let mut chance = plan.chances.of(Purpose::Comment, number);
        let first = self.written.partition_point(|other| other.episode < written.episode);
        let earlier = number - u32::try_from(first).unwrap_or_default();
        let parent = answered(&mut chance, earlier).map(|back| number - back);
        let anchored = parent.is_none() && written.position > 0 && chance.random_ratio(1, 2);
        Comment {
            id: self.id(plan, number),
            parent: parent.map(|parent| self.id(plan, parent)),
            user: written.user,
            episode: written.episode,
            at: written.at,
            body: words::comment(&mut chance, parent.is_some()),
            anchor: anchored.then(|| i64::from(chance.random_range(0..=written.position))),
        }
    }

    fn id(&self, plan: &Plan, number: u32) -> CommentId {
        plan.names.comment(self.written[number as usize].at, number)
    }
}

/// Collects the comments of one user.
///
/// The time to a reaction is log-normal, as Kaltenbrunner and others found for a large community
/// (<https://arxiv.org/abs/0708.1579>); the constants are ours.
fn collect(plan: &Plan, user: u32, count: u32, written: &mut Vec<Written>) {
    let watched = Viewing::of(plan, user).watched;
    let mut chance = plan.chances.of(Purpose::Commenting, user);
    for _ in 0..count {
        let watched = &watched[chance.random_range(0..watched.len())];
        let factor = LogNormal::new(0.0, REACTION_SPREAD).map_or(1.0, |log_normal| log_normal.sample(&mut chance));
        let at = watched.first_at + watched.position + scaled(REACTION, factor);
        written.push(Written {
            episode: watched.episode,
            at: at.min(plan.until - HOUR),
            user,
            position: u32::try_from(watched.position).unwrap_or(u32::MAX),
        });
    }
}

/// Whom a comment answers, as the distance back to one of the `earlier` comments on the episode; two of five
/// answer somebody. What is new attracts answers, and so do the openings of a discussion: Gómez and others,
/// "A likelihood-based framework for the analysis of discussion threads", World Wide Web 16, 2013. The
/// proportions are ours.
fn answered(chance: &mut Chance, earlier: u32) -> Option<u32> {
    if earlier == 0 || !chance.random_ratio(2, 5) {
        return None;
    }
    if chance.random_ratio(1, 4) {
        return Some(earlier - chance.random_range(0..earlier.min(OPENINGS)));
    }
    let mut back = 1;
    while back < earlier && chance.random_ratio(1, 2) {
        back += 1;
    }
    Some(back)
}
