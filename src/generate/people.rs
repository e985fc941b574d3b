//! Users: when they join, what they like, how much they watch and write.

use rand::RngExt;

use super::catalogue::{QUIET_END, SPAN, TAG_FREQUENCY};
use super::chance::{Chance, Chances, Purpose, apportion, real, scaled, zipf};
use super::parameters::Parameters;
use super::rhythm::{DAY, moment};
use super::words::TAGS;

/// How much of a ranking counts as its head. Activity falls with 1/(place + head), a Zipf-Mandelbrot law, so
/// that the busiest user does a few hundred times what the idlest does, whatever the number of users.
///
/// That few people do most is the rule in online communities, with a heavy tail: Kaltenbrunner and others,
/// "Homogeneous temporal activity patterns in a large online communication space", 2007,
/// <https://arxiv.org/abs/0708.1579>. The constants are ours.
const VIEWERS_IN_THE_HEAD: f64 = 0.01;
/// Writing is less even than watching.
const WRITERS_IN_THE_HEAD: f64 = 0.002;

/// All users without their names.
pub(super) struct People {
    /// When each joined.
    pub(super) joined: Vec<i64>,
    /// How much all users up to and including each one watch.
    watched: Vec<u32>,
    /// How many comments each writes.
    pub(super) comments: Vec<u32>,
    /// All users, the most active first.
    by_activity: Vec<u32>,
}

/// What a user likes, by the places of the tags in the vocabulary; both differ.
pub(super) struct Taste {
    pub(super) main: usize,
    pub(super) other: usize,
}

impl People {
    pub(super) fn new(chances: Chances, parameters: &Parameters) -> Self {
        let until = parameters.until.timestamp_millis();
        let by_activity = chances.order(Purpose::Activity, parameters.users);
        let users = parameters.users as usize;
        let weights = weights(users, VIEWERS_IN_THE_HEAD);
        let mut quotas = vec![0; users];
        let parts = apportion(parameters.watched, &weights, parameters.most_watched());
        for (user, part) in by_activity.iter().zip(parts) {
            quotas[*user as usize] = part;
        }
        let comments = comments(chances, parameters, &quotas);
        let mut sum = 0;
        let add = |quota: u32| {
            sum += quota;
            sum
        };
        let watched = quotas.into_iter().map(add).collect();
        let joined = (0..parameters.users).map(|user| joined(&mut chances.of(Purpose::User, user), user, users, until));
        Self { joined: joined.collect(), watched, comments, by_activity }
    }

    /// Where the viewing of a user lies among that of all: its beginning and its end.
    pub(super) fn viewing(&self, user: u32) -> (u32, u32) {
        let user = user as usize;
        let begin = if user == 0 { 0 } else { self.watched[user - 1] };
        (begin, self.watched[user])
    }

    /// The user to whom a place among all that is watched belongs.
    pub(super) fn viewer(&self, place: u32) -> u32 {
        u32::try_from(self.watched.partition_point(|end| *end <= place)).unwrap_or(u32::MAX)
    }

    /// Somebody whom others follow: the active, above all.
    pub(super) fn known_user(&self, chance: &mut Chance) -> u32 {
        self.by_activity[zipf(chance, self.by_activity.len(), 0.8)]
    }
}

impl Taste {
    /// The taste of a user, the same whenever it is asked for.
    pub(super) fn of(chances: Chances, user: u32) -> Self {
        let mut chance = chances.of(Purpose::Taste, user);
        let main = zipf(&mut chance, TAGS.len(), TAG_FREQUENCY);
        // Mostly a neighbour: kindred tags share their public.
        let step = if chance.random_ratio(2, 3) { 1 } else { chance.random_range(2..TAGS.len()) };
        Self { main, other: (main + step) % TAGS.len() }
    }

    /// How well a series suits, from 0 to 2.
    pub(super) fn suits(&self, tags: [usize; 3]) -> u32 {
        u32::from(tags.contains(&self.main)) + u32::from(tags.contains(&self.other))
    }
}

/// The weights of a ranking, which fall.
fn weights(length: usize, head: f64) -> Vec<f64> {
    let head = 1.0 + head * real(length);
    (0..length).map(|place| 1.0 / (real(place) + head)).collect()
}

/// How many comments each user writes: more who watches more, and far more who likes to.
fn comments(chances: Chances, parameters: &Parameters, quotas: &[u32]) -> Vec<u32> {
    let order = chances.order(Purpose::Talk, parameters.users);
    let mut talk = vec![0.0; quotas.len()];
    for (user, weight) in order.iter().zip(weights(quotas.len(), WRITERS_IN_THE_HEAD)) {
        talk[*user as usize] = weight * f64::from(quotas[*user as usize]);
    }
    apportion(parameters.comments, &talk, u32::MAX)
}

/// When a user joins: in the order of their numbers, and ever more of them, since a platform grows.
fn joined(chance: &mut Chance, user: u32, users: usize, until: i64) -> i64 {
    let share = (real(user as usize) / real(users)).sqrt();
    let latest = until - QUIET_END;
    let day = until - SPAN + scaled(SPAN - QUIET_END - DAY, share);
    moment(chance, day, day + DAY).min(latest)
}

#[cfg(test)]
mod tests {
    use super::super::tests::small;
    use super::*;

    #[test]
    fn few_users_do_most() {
        let parameters = small();
        let people = People::new(Chances::new(1), &parameters);
        let mut quotas: Vec<u32> = (0..parameters.users).map(|user| people.viewing(user)).map(|(a, b)| b - a).collect();
        assert_eq!(quotas.iter().sum::<u32>(), parameters.watched);
        assert_eq!(people.comments.iter().sum::<u32>(), parameters.comments);
        quotas.sort_unstable_by(|a, b| b.cmp(a));
        let head: u32 = quotas[..quotas.len() / 10].iter().sum();
        let share = head * 100 / parameters.watched;
        assert!((40..60).contains(&share), "a tenth of the users watches {share} %");
        assert!(quotas[0] <= parameters.most_watched());
    }

    #[test]
    fn more_join_later() {
        let parameters = small();
        let people = People::new(Chances::new(1), &parameters);
        let until = parameters.until.timestamp_millis();
        let in_last_year = people.joined.iter().filter(|joined| **joined > until - 365 * DAY).count();
        let share = in_last_year * 100 / people.joined.len();
        assert!((70..80).contains(&share), "{share} % in the second of two years");
        assert!(people.joined.iter().all(|joined| *joined < until));
    }

    #[test]
    fn every_place_has_its_viewer() {
        let people = People::new(Chances::new(1), &small());
        for user in 0..200 {
            let (begin, end) = people.viewing(user);
            for place in [begin, end.saturating_sub(1)] {
                assert!(begin == end || people.viewer(place) == user);
            }
        }
    }
}
