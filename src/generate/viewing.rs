//! What one user watches, rates and follows.

use std::collections::BTreeMap;

use rand::RngExt;

use super::Plan;
use super::catalogue::{Episode, Series};
use super::chance::{Chance, Purpose, exponential};
use super::people::Taste;
use super::rhythm::{DAY, HOUR, MINUTE, moment};

/// An episode that a user has watched.
#[derive(Debug, PartialEq)]
pub(super) struct Watched {
    pub(super) episode: u32,
    pub(super) first_at: i64,
    pub(super) last_at: i64,
    /// Where it was left, in milliseconds from its beginning.
    pub(super) position: i64,
    /// How much of it was seen, in thousandths.
    pub(super) completion: u32,
    pub(super) plays: u32,
}

/// A series that a user has rated.
#[derive(Debug, PartialEq)]
pub(super) struct Rated {
    pub(super) series: u32,
    pub(super) stars: u32,
    pub(super) at: i64,
}

/// Somebody or something that a user follows, since when.
#[derive(Debug, PartialEq)]
pub(super) enum Follows {
    User(u32, i64),
    Franchise(u32, i64),
    Series(u32, i64),
    Tag(usize, i64),
}

/// Everything that one user does but write.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Viewing {
    pub(super) watched: Vec<Watched>,
    pub(super) rated: Vec<Rated>,
    pub(super) follows: Vec<Follows>,
}

/// How far a user has come with a series.
#[derive(Default)]
struct Progress {
    /// How many episodes have been watched.
    seen: u32,
    /// How many of them to the end.
    finished: u32,
    /// When the last one ended.
    until: i64,
}

/// How often somebody looks for a series before taking the next best one.
const LOOKS: u32 = 6;
/// From which completion on an episode counts as finished, in thousandths.
const FINISHED: u32 = 900;
/// How many users somebody follows at the most.
const MOST_FOLLOWED: u32 = 8;
/// How long before the last moment a session begins, at the latest.
const LAST_SESSION: i64 = DAY;
/// The mean time after a publication in which those watch who have waited for it.
const IMPATIENCE: i64 = 3 * DAY;

impl Viewing {
    /// The viewing of a user, the same whenever it is asked for.
    ///
    /// A user watches in sessions. Each takes up a series that was begun, or finds one, in three of four cases by the user's
    /// taste, and goes on from episode to episode: whoever finishes one watches the next in four of five cases, whoever
    /// does not in one of five. The proportions are ours.
    pub(super) fn of(plan: &Plan, user: u32) -> Self {
        let (begin, end) = plan.people.viewing(user);
        let mut watching = Watching {
            plan,
            joined: plan.people.joined[user as usize],
            taste: Taste::of(plan.chances, user),
            chance: plan.chances.of(Purpose::Viewing, user),
            quota: (end - begin) as usize,
            progress: BTreeMap::new(),
            watched: Vec::new(),
        };
        let mut last = None;
        while watching.watched.len() < watching.quota {
            let series = watching.choose(last);
            watching.session(series);
            last = Some(series);
        }
        let rated = watching.ratings();
        let follows = watching.follows(user);
        Self { watched: watching.watched, rated, follows }
    }
}

/// A viewing in the making.
struct Watching<'p> {
    plan: &'p Plan,
    joined: i64,
    taste: Taste,
    chance: Chance,
    quota: usize,
    progress: BTreeMap<u32, Progress>,
    watched: Vec<Watched>,
}

impl Watching<'_> {
    fn seen(&self, series: u32) -> u32 {
        self.progress.get(&series).map_or(0, |progress| progress.seen)
    }

    fn is_open(&self, series: u32) -> bool {
        self.seen(series) < self.plan.catalogue.series[series as usize].length
    }

    /// The series of the next session; nobody runs out of them, because nobody watches everything.
    fn choose(&mut self, last: Option<u32>) -> u32 {
        if let Some(last) = last.filter(|last| self.is_open(*last))
            && self.chance.random_ratio(1, 2)
        {
            return last;
        }
        let mut found = 0;
        for _ in 0..LOOKS {
            let tag = match self.chance.random_range(0..20) {
                0..=10 => Some(self.taste.main),
                11..=14 => Some(self.taste.other),
                _ => None,
            };
            found = self.plan.catalogue.discover(&mut self.chance, tag);
            if self.is_open(found) {
                return found;
            }
        }
        let count = u32::try_from(self.plan.catalogue.series.len()).unwrap_or(u32::MAX);
        let following = (0..count).map(|step| (found + step) % count).find(|series| self.is_open(*series));
        following.unwrap_or(found)
    }

    /// Watches one episode or several in a row.
    fn session(&mut self, number: u32) {
        let catalogue = &self.plan.catalogue;
        let series = &catalogue.series[number as usize];
        let mut place = self.seen(number);
        let mut now = self.beginning(number, &catalogue.episodes[(series.first + place) as usize]);
        while place < series.length {
            let episode = &catalogue.episodes[(series.first + place) as usize];
            if episode.published > now {
                break;
            }
            let completion = self.watch(series.first + place, episode, series, now);
            now = self.watched.last().map_or(now, |watched| watched.first_at + watched.position);
            place += 1;
            let progress = self.progress.entry(number).or_default();
            progress.seen = place;
            progress.finished += u32::from(completion >= FINISHED);
            progress.until = now;
            let goes_on = if completion >= FINISHED { 80 } else { 20 };
            if self.watched.len() >= self.quota || !self.chance.random_ratio(goes_on, 100) {
                break;
            }
            now += self.chance.random_range(0..5 * MINUTE);
        }
    }

    /// When a session begins: after its episode is published and the user's last one of the series. Of those
    /// who are there when an episode comes out, most watch within days.
    fn beginning(&mut self, series: u32, episode: &Episode) -> i64 {
        let latest = self.plan.until - LAST_SESSION;
        let before = self.progress.get(&series).map(|progress| progress.until);
        let earliest = episode.published.max(self.joined).max(before.unwrap_or_default());
        let waited = earliest == episode.published && self.chance.random_ratio(2, 3);
        if waited || before.is_some() {
            let day = earliest + exponential(&mut self.chance, IMPATIENCE);
            return moment(&mut self.chance, day.min(latest).max(earliest), (day + DAY).min(latest));
        }
        moment(&mut self.chance, earliest, latest)
    }

    /// Watches an episode and returns its completion in thousandths.
    ///
    /// Many finish and many leave within the first minutes, few in between; more finish what is good and what
    /// suits them. Yu and others (`EuroSys` 2006) found that half of all sessions end within ten minutes, whatever the
    /// film; the proportions are ours.
    fn watch(&mut self, number: u32, episode: &Episode, series: &Series, now: i64) -> u32 {
        let finishes = 40 + series.quality / 3 + 8 * self.taste.suits(series.tags);
        let completion = if self.chance.random_ratio(finishes.min(100), 100) {
            self.chance.random_range(FINISHED..=1_000)
        } else {
            // The square of an even number is mostly small.
            let part = self.chance.random_range(0..1_000_u32);
            10 + part * part * (FINISHED - 20) / 1_000_000
        };
        let position = episode.duration * i64::from(completion) / 1_000;
        let plays = 1 + u32::from(self.chance.random_ratio(1, 8)) + u32::from(self.chance.random_ratio(1, 40));
        let ended = now + position;
        let again = if plays > 1 { moment(&mut self.chance, ended, self.plan.until - HOUR) } else { ended };
        self.watched.push(Watched {
            episode: number,
            first_at: now,
            last_at: again.max(ended),
            position,
            completion,
            plays,
        });
        completion
    }

    /// Three of ten rate a series of which they know more than one episode. Stars follow from how good it is, from
    /// taste and from how much of it was finished.
    fn ratings(&mut self) -> Vec<Rated> {
        let mut rated = Vec::new();
        for (number, progress) in &self.progress {
            if progress.seen < 2 || !self.chance.random_ratio(3, 10) {
                continue;
            }
            let series = &self.plan.catalogue.series[*number as usize];
            let finished = progress.finished * 100 / progress.seen;
            let points = 2 * series.quality + finished + 30 * self.taste.suits(series.tags);
            let points = points + self.chance.random_range(0..=140);
            rated.push(Rated { series: *number, stars: (points / 90).clamp(1, 5), at: progress.until });
        }
        rated
    }

    /// Tags of the user's taste, series that were watched for a while and their franchises, and a few users, above all the active.
    fn follows(&mut self, user: u32) -> Vec<Follows> {
        let mut follows = Vec::new();
        for (tag, percent) in [(self.taste.main, 50), (self.taste.other, 20)] {
            if self.chance.random_ratio(percent, 100) {
                follows.push(Follows::Tag(tag, self.since(self.joined)));
            }
        }
        let watched = self.progress.iter().filter(|(_, progress)| progress.finished >= 3);
        let watched: Vec<(u32, i64)> = watched.map(|(series, progress)| (*series, progress.until)).collect();
        for (series, until) in watched {
            if self.chance.random_ratio(2, 5) {
                follows.push(Follows::Series(series, until));
                // A series that is good enough to be followed brings some to the others of its world.
                let franchise = self.plan.catalogue.series[series as usize].franchise;
                let is_new = |known: &Follows| !matches!(known, Follows::Franchise(other, _) if *other == franchise);
                if self.chance.random_ratio(1, 3) && follows.iter().all(is_new) {
                    follows.push(Follows::Franchise(franchise, until));
                }
            }
        }
        let mut followed = vec![user];
        while followed.len() <= MOST_FOLLOWED as usize && self.chance.random_ratio(7, 10) {
            let other = self.plan.people.known_user(&mut self.chance);
            if !followed.contains(&other) {
                followed.push(other);
                let both = self.joined.max(self.plan.people.joined[other as usize]);
                follows.push(Follows::User(other, self.since(both)));
            }
        }
        follows
    }

    /// A moment some time after `from`.
    fn since(&mut self, from: i64) -> i64 {
        let later = from + exponential(&mut self.chance, 30 * DAY);
        let latest = self.plan.until - HOUR;
        moment(&mut self.chance, later.min(latest).max(from), (later + DAY).min(latest))
    }
}
