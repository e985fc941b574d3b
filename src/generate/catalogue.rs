//! How the catalogue is divided: tenants own franchises, which hold series, which hold episodes.

use rand::RngExt;
use rand::seq::IndexedRandom;

use super::chance::{Chance, Chances, Purpose, scaled, zipf};
use super::names::Names;
use super::rhythm::{DAY, HOUR, MINUTE};
use super::words::TAGS;

/// How long before the last moment the platform began.
pub(super) const SPAN: i64 = 730 * DAY;
/// How long before the last moment the last episode is published and the last user joins, at the latest.
pub(super) const QUIET_END: i64 = 2 * DAY;
/// How long after the beginning the first series starts.
const PREPARATION: i64 = 30 * DAY;
/// How long before its publication something is created.
pub(super) const EDITING: i64 = 14 * DAY;

/// How steeply the popularity of series falls with their place.
///
/// Requests for videos follow Zipf's law with an exponent near one, both in video-on-demand systems (Yu and
/// others, `EuroSys` 2006) and for uploaded videos (Cha and others, "I Tube, You Tube, Everybody Tubes", IMC
/// 2007), flattened at both ends. Within a series, interest falls from episode to episode as viewers leave.
pub(super) const POPULARITY: f64 = 1.0;
/// How steeply tags fall with their place; most platforms hold more of some genres than of others.
pub(super) const TAG_FREQUENCY: f64 = 0.5;
/// How many series a person works on falls like this.
const FAME: f64 = 0.6;
/// How the size of tenants falls.
const TENANT_SIZE: f64 = 0.7;

/// A run of episodes.
pub(super) struct Series {
    pub(super) franchise: u32,
    /// The place in the franchise, from 1 on.
    pub(super) position: u32,
    /// The first of its episodes, which follow one another.
    pub(super) first: u32,
    pub(super) length: u32,
    /// How many episodes a season has.
    season: u32,
    /// Its tags by their place in the vocabulary, the main one first; all differ.
    pub(super) tags: [usize; 3],
    /// When the first episode is published.
    pub(super) published: i64,
    /// How good it is, in percent.
    pub(super) quality: u32,
    /// The usual duration of an episode in milliseconds.
    duration: i64,
    /// The time from one episode to the next.
    pace: i64,
}

/// One episode.
pub(super) struct Episode {
    pub(super) series: u32,
    /// The place in the series, from 0 on.
    pub(super) place: u32,
    pub(super) published: i64,
    /// In milliseconds.
    pub(super) duration: i64,
    pub(super) id: String,
}

/// A world that holds series.
pub(super) struct Franchise {
    pub(super) tenant: u32,
    pub(super) tag: usize,
    /// When the first of its series is published.
    pub(super) published: i64,
}

/// The whole catalogue without its texts. It stays in memory; everything else is made batch by batch.
pub(super) struct Catalogue {
    pub(super) tenants: u32,
    pub(super) people: u32,
    /// When the platform began.
    pub(super) origin: i64,
    pub(super) franchises: Vec<Franchise>,
    pub(super) series: Vec<Series>,
    pub(super) episodes: Vec<Episode>,
    /// All series, the most popular first.
    by_popularity: Vec<u32>,
    /// The series of each tag, the most popular first.
    by_tag: Vec<Vec<u32>>,
}

impl Catalogue {
    pub(super) fn new(chances: Chances, names: &Names, episodes: u32, until: i64) -> Self {
        let origin = until - SPAN;
        let (series, franchises) = shape(chances, episodes, origin, until);
        let count = u32::try_from(series.len()).unwrap_or(u32::MAX);
        let by_popularity = chances.order(Purpose::Popularity, count);
        let mut by_tag = vec![Vec::new(); TAGS.len()];
        for number in &by_popularity {
            for tag in series[*number as usize].tags {
                by_tag[tag].push(*number);
            }
        }
        let tenants = tenants(&franchises);
        let mut catalogue = Self {
            tenants,
            people: (episodes / 3).max(12),
            origin,
            franchises,
            series,
            episodes: Vec::new(),
            by_popularity,
            by_tag,
        };
        catalogue.episodes = (0..count).flat_map(|number| catalogue.episodes_of(chances, names, number)).collect();
        catalogue
    }

    /// The series that somebody comes across who is interested in a tag, or in none.
    pub(super) fn discover(&self, chance: &mut Chance, tag: Option<usize>) -> u32 {
        let listed = tag.map(|tag| &self.by_tag[tag]).filter(|listed| !listed.is_empty());
        let listed = listed.unwrap_or(&self.by_popularity);
        listed[zipf(chance, listed.len(), POPULARITY)]
    }

    /// The season of an episode and its number there, both from 1 on.
    pub(super) fn numbering(&self, episode: &Episode) -> (u32, u32) {
        let season = self.series[episode.series as usize].season;
        (episode.place / season + 1, episode.place % season + 1)
    }

    /// Somebody who works on a series, by the number of the person.
    pub(super) fn worker(&self, chance: &mut Chance) -> u32 {
        u32::try_from(zipf(chance, self.people as usize, FAME)).unwrap_or_default()
    }

    fn episodes_of(&self, chances: Chances, names: &Names, number: u32) -> Vec<Episode> {
        let series = &self.series[number as usize];
        let episode = |place: u32| {
            let mut chance = chances.of(Purpose::Episode, series.first + place);
            let published = series.published + i64::from(place) * series.pace;
            // Episodes of one series differ by up to a tenth.
            let duration = series.duration * chance.random_range(90..=110) / 100;
            let id = names.episode(published - EDITING, series.first + place).to_string();
            Episode { series: number, place, published, duration, id }
        };
        (0..series.length).map(episode).collect()
    }
}

/// Divides the episodes into series, and the series among franchises.
fn shape(chances: Chances, episodes: u32, origin: i64, until: i64) -> (Vec<Series>, Vec<Franchise>) {
    let (mut all, mut franchises): (Vec<Series>, Vec<Franchise>) = (Vec::new(), Vec::new());
    let mut shape = chances.of(Purpose::Shape, 0);
    let mut first = 0;
    while first < episodes {
        // Short runs are the rule where nobody pays for a long one.
        let planned = [4, 6, 6, 8, 8, 8, 10, 10, 12, 16, 24].choose(&mut shape).copied().unwrap_or(8);
        let length = u32::min(planned, episodes - first);
        let season = if planned > 10 { planned / 2 } else { planned };
        let begins = franchises.is_empty() || shape.random_ratio(3, 5);
        let mut chance = chances.of(Purpose::Series, u32::try_from(all.len()).unwrap_or(u32::MAX));
        let tag = match all.last().filter(|_| !begins) {
            Some(before) => before.tags[0],
            None => zipf(&mut chance, TAGS.len(), TAG_FREQUENCY),
        };
        // One series of three comes out as a whole, the others week by week.
        let pace = if chance.random_ratio(1, 3) { 0 } else { 7 * DAY };
        let latest = until - QUIET_END - i64::from(length) * pace;
        let published = in_growth(&mut chance, origin + PREPARATION, latest);
        let position = if begins { 1 } else { all.last().map_or(1, |before| before.position + 1) };
        if begins {
            franchises.push(Franchise { tenant: 0, tag, published });
        }
        if let Some(franchise) = franchises.last_mut() {
            franchise.published = franchise.published.min(published);
        }
        all.push(Series {
            franchise: u32::try_from(franchises.len() - 1).unwrap_or(u32::MAX),
            position,
            first,
            length,
            season,
            tags: kindred(&mut chance, tag),
            published,
            // The mean of two throws: most are middling.
            quality: u32::midpoint(chance.random_range(0..=100), chance.random_range(0..=100)),
            duration: chance.random_range(6..=38) * MINUTE,
            pace,
        });
        first += length;
    }
    assign_tenants(chances, &mut franchises);
    (all, franchises)
}

/// A moment of publication, at a full hour of the afternoon or evening. A platform grows, so later moments
/// are likelier: the square root of an even number is, in proportion to the time that has passed.
fn in_growth(chance: &mut Chance, from: i64, to: i64) -> i64 {
    let moment = from + scaled(to - from, chance.random::<f64>().sqrt());
    let hour = chance.random_range(14..=20) * HOUR;
    (moment.div_euclid(DAY) * DAY + hour).min(to)
}

/// A main tag with two others, of which one is a neighbour in the vocabulary.
fn kindred(chance: &mut Chance, main: usize) -> [usize; 3] {
    let count = TAGS.len();
    let step = if chance.random_bool(0.5) { 1 } else { count - 1 };
    let second = (main + step) % count;
    let mut third = zipf(chance, count, TAG_FREQUENCY);
    while third == main || third == second {
        third = (third + 1) % count;
    }
    [main, second, third]
}

/// Every tenant has a franchise; the rest goes to few of them.
fn assign_tenants(chances: Chances, franchises: &mut [Franchise]) {
    let count = (franchises.len() / 6).clamp(1, 500);
    for (number, franchise) in franchises.iter_mut().enumerate() {
        let mut chance = chances.of(Purpose::Franchise, u32::try_from(number).unwrap_or(u32::MAX));
        let tenant = if number < count { number } else { zipf(&mut chance, count, TENANT_SIZE) };
        franchise.tenant = u32::try_from(tenant).unwrap_or_default();
    }
}

fn tenants(franchises: &[Franchise]) -> u32 {
    franchises.iter().map(|franchise| franchise.tenant + 1).max().unwrap_or_default()
}
