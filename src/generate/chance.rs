//! Chance that can be repeated: every thing that is generated has a stream of random numbers of its own.

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;
use rand_distr::{Distribution, Exp, Zipf};

/// A stream of random numbers. `ChaCha` gives the same ones on every machine and in every version, which
/// `StdRng` does not promise: <https://docs.rs/rand/latest/rand/rngs/index.html>.
pub(super) type Chance = ChaCha8Rng;

/// What a stream of random numbers is for. The numbers are part of what a seed means.
#[derive(Debug, Clone, Copy)]
pub(super) enum Purpose {
    /// How the catalogue is divided; one stream.
    Shape = 1,
    /// Which series are popular; one stream.
    Popularity = 2,
    /// One tenant.
    Tenant = 3,
    /// One franchise.
    Franchise = 4,
    /// One series.
    Series = 5,
    /// The texts and credits of one series.
    SeriesText = 6,
    /// One episode.
    Episode = 7,
    /// The texts and credits of one episode.
    EpisodeText = 8,
    /// One person.
    Person = 9,
    /// Which users are active; one stream.
    Activity = 10,
    /// When one user joins.
    User = 11,
    /// What one user is called.
    UserText = 12,
    /// What one user likes.
    Taste = 13,
    /// What one user watches.
    Viewing = 14,
    /// Which users like to write; one stream.
    Talk = 15,
    /// What one user comments on.
    Commenting = 16,
    /// One comment.
    Comment = 17,
}

/// All streams of one seed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chances {
    seed: u64,
}

impl Chances {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// The stream of the thing with this number. Streams do not depend on one another, so any part of the
    /// graph can be made without the parts before it.
    pub(super) fn of(self, purpose: Purpose, number: u32) -> Chance {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&self.seed.to_le_bytes());
        key[8] = purpose as u8;
        let mut chance = Chance::from_seed(key);
        chance.set_stream(u64::from(number));
        chance
    }

    /// The numbers below `length` in an order that only chance decides.
    pub(super) fn order(self, purpose: Purpose, length: u32) -> Vec<u32> {
        let mut order: Vec<u32> = (0..length).collect();
        order.shuffle(&mut self.of(purpose, 0));
        order
    }
}

/// A place in a ranking of `length` (at least one), the first being the most likely: the probability of
/// place n falls with 1/(n+1)^`exponent`.
pub(super) fn zipf(chance: &mut Chance, length: usize, exponent: f64) -> usize {
    let length_or_one = real(length.max(1));
    // The two conditions of the distribution, a length from one on and an exponent from zero on, are kept.
    Zipf::new(length_or_one, exponent).map_or(0, |zipf| whole(zipf.sample(chance)).saturating_sub(1))
}

/// A span of time in milliseconds whose mean is `mean`, short ones being the most likely.
pub(super) fn exponential(chance: &mut Chance, mean: i64) -> i64 {
    let share = Exp::new(1.0).map_or(1.0, |exp| exp.sample(chance));
    scaled(mean, share)
}

/// `amount` times `factor`, without the fraction.
pub(super) fn scaled(amount: i64, factor: f64) -> i64 {
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of some centuries are exact in 53 bits")]
    let product = amount as f64 * factor;
    #[expect(clippy::cast_possible_truncation, reason = "the fraction is to be cut off")]
    let cut = product as i64;
    cut
}

/// A count as a real number.
pub(super) fn real(count: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts here are far below 53 bits")]
    let real = count as f64;
    real
}

/// A positive real number without its fraction.
pub(super) fn whole(real: f64) -> usize {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is positive and small")]
    let whole = real as usize;
    whole
}

/// Divides `total` by weights, exactly: the parts add up to `total`, and each is what its weight asks for
/// to within one. Nobody gets more than `most`; what is too much goes to those who follow, so the weights should
/// fall where `most` matters.
pub(super) fn apportion(total: u32, weights: &[f64], most: u32) -> Vec<u32> {
    let sum: f64 = weights.iter().sum();
    let (mut passed, mut given) = (0.0, 0);
    let parts = weights.iter().enumerate().map(|(place, weight)| {
        passed += weight;
        let last = place + 1 == weights.len();
        let target = if last { total } else { target(total, passed / sum) };
        let part = target.saturating_sub(given).min(most);
        given += part;
        part
    });
    parts.collect()
}

fn target(total: u32, share: f64) -> u32 {
    u32::try_from(scaled(i64::from(total), share)).unwrap_or(total).min(total)
}

#[cfg(test)]
mod tests {
    use rand::RngExt;

    use super::*;

    #[test]
    fn a_stream_is_the_same_each_time_and_differs_from_all_others() {
        let draw = |seed, purpose, number| Chances::new(seed).of(purpose, number).random::<u64>();
        let one = draw(1, Purpose::User, 7);
        assert_eq!(one, draw(1, Purpose::User, 7));
        for other in [draw(2, Purpose::User, 7), draw(1, Purpose::Viewing, 7), draw(1, Purpose::User, 8)] {
            assert_ne!(one, other);
        }
    }

    #[test]
    fn the_head_of_a_zipf_ranking_has_its_share() {
        let mut chance = Chances::new(1).of(Purpose::Shape, 0);
        let mut counts = vec![0_u32; 100];
        for _ in 0..20_000 {
            counts[zipf(&mut chance, 100, 1.0)] += 1;
        }
        // Of 100 places with the exponent 1, the first has 1/H(100) = 19 %, the first ten 56 %.
        assert!((3_600..4_100).contains(&counts[0]), "{}", counts[0]);
        let head: u32 = counts[..10].iter().sum();
        assert!((10_900..11_700).contains(&head), "{head}");
        assert!(counts.iter().all(|count| *count > 0));
    }

    #[test]
    fn parts_add_up_and_keep_their_limit() {
        let weights: Vec<f64> = (1..=1_000).map(|rank| 1.0 / f64::from(rank)).collect();
        let parts = apportion(20_000, &weights, 600);
        assert_eq!(parts.iter().sum::<u32>(), 20_000);
        assert_eq!(parts.iter().max(), Some(&600));
        assert_eq!(apportion(600 * 1_000, &weights, 600), vec![600; 1_000]);
        assert_eq!(apportion(0, &weights, 600).iter().sum::<u32>(), 0);
        assert_eq!(apportion(3, &[1.0; 6], 9).iter().sum::<u32>(), 3);
    }
}
