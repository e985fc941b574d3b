//! What a plan promises, without a graph.

use std::collections::{BTreeMap, HashMap, HashSet};

use neo4rs::BoltType;

use super::viewing::{Follows, Viewing};
use super::*;

/// The parameters of a small graph.
pub(super) fn small() -> Parameters {
    Parameters {
        users: 400,
        episodes: 200,
        watched: 12_000,
        comments: 2_000,
        rng_seed: 1,
        until: "2026-01-01T00:00:00Z".parse().unwrap_or_default(),
        batch: 1_000,
        force: false,
    }
}

fn viewings(plan: &Plan) -> Vec<Viewing> {
    (0..small().users).map(|user| Viewing::of(plan, user)).collect()
}

/// Where each batch of at most `most` rows ends, and its rows by statement.
type Batches = Vec<(Position, Vec<(&'static str, Vec<BoltType>)>)>;

fn batches(plan: &Plan, from: Position, most: u32) -> Batches {
    let mut position = from;
    let batches = std::iter::from_fn(|| {
        let batch = plan.batch(position, most)?;
        position = batch.to;
        Some((batch.to, batch.writes.into_iter().map(|write| (write.statement.name(), write.rows)).collect()))
    });
    batches.collect()
}

/// The rows of all batches by statement.
fn joined(batches: Batches) -> BTreeMap<&'static str, Vec<BoltType>> {
    let mut all: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (statement, rows) in batches.into_iter().flat_map(|(_, writes)| writes) {
        all.entry(statement).or_default().extend(rows);
    }
    all
}

// Rows are compared by hand: a failure would print all of them.
#[test]
fn the_same_flags_give_the_same_batches() {
    let flags = Parameters { watched: 3_000, comments: 300, ..small() };
    let one = batches(&Plan::new(&flags), Position::START, 700);
    assert!(one == batches(&Plan::new(&flags), Position::START, 700));
    let other = batches(&Plan::new(&Parameters { rng_seed: 2, ..flags }), Position::START, 700);
    assert!(one != other);
}

#[test]
fn a_batch_does_not_depend_on_those_before_it() {
    let flags = Parameters { watched: 3_000, comments: 300, ..small() };
    let all = batches(&Plan::new(&flags), Position::START, 700);
    for (place, (position, _)) in all.iter().enumerate().filter(|(place, _)| place % 3 == 0) {
        assert!(batches(&Plan::new(&flags), *position, 700) == all[place + 1..], "from {position:?}");
    }
    // Nor does what is written depend on how it is cut.
    assert!(joined(all) == joined(batches(&Plan::new(&flags), Position::START, 90)));
}

#[test]
fn every_viewing_is_possible() {
    let plan = Plan::new(&small());
    let viewings = viewings(&plan);
    assert_eq!(viewings.iter().map(|viewing| viewing.watched.len()).sum::<usize>(), 12_000);
    for (user, viewing) in viewings.iter().enumerate() {
        let episodes: HashSet<u32> = viewing.watched.iter().map(|watched| watched.episode).collect();
        assert_eq!(episodes.len(), viewing.watched.len(), "an episode is watched once");
        for watched in &viewing.watched {
            let episode = &plan.catalogue.episodes[watched.episode as usize];
            assert!(watched.first_at >= episode.published && watched.first_at >= plan.people.joined[user]);
            assert!(watched.last_at >= watched.first_at + watched.position && watched.last_at <= plan.until);
            assert!((1..=1_000).contains(&watched.completion) && watched.position <= episode.duration);
        }
        for rated in &viewing.rated {
            assert!((1..=5).contains(&rated.stars));
        }
        let followed = viewing.follows.iter().filter_map(|follows| match follows {
            Follows::User(other, _) => Some(*other as usize),
            _ => None,
        });
        let followed: Vec<usize> = followed.collect();
        assert!(!followed.contains(&user), "nobody follows themselves");
        assert_eq!(followed.iter().collect::<HashSet<_>>().len(), followed.len());
    }
}

#[test]
fn few_series_have_most_of_the_public() {
    let plan = Plan::new(&Parameters { episodes: 1_000, ..small() });
    let mut counts = vec![0_u32; plan.catalogue.series.len()];
    for viewing in viewings(&plan) {
        for watched in viewing.watched {
            counts[plan.catalogue.episodes[watched.episode as usize].series as usize] += 1;
        }
    }
    counts.sort_unstable_by(|a, b| b.cmp(a));
    let head: u32 = counts[..counts.len() / 10].iter().sum();
    let share = head * 100 / 12_000;
    // Less than the ranking alone gives, because whoever has seen a series looks for another.
    assert!((25..60).contains(&share), "a tenth of the series has {share} %");
}

#[test]
fn whoever_watches_an_episode_watches_the_next() {
    let plan = Plan::new(&small());
    let (mut followed, mut open) = (0, 0);
    for viewing in viewings(&plan) {
        let seen: HashSet<u32> = viewing.watched.iter().map(|watched| watched.episode).collect();
        for number in &seen {
            let episode = &plan.catalogue.episodes[*number as usize];
            if episode.place + 1 < plan.catalogue.series[episode.series as usize].length {
                open += 1;
                followed += u32::from(seen.contains(&(number + 1)));
            }
            assert!(episode.place == 0 || seen.contains(&(number - 1)), "a series is watched from its beginning");
        }
    }
    let share = followed * 100 / open;
    assert!((65..90).contains(&share), "{share} % go on");
}

#[test]
fn many_finish_and_many_leave_early() {
    let viewings = viewings(&Plan::new(&small()));
    let completions = || viewings.iter().flat_map(|viewing| &viewing.watched).map(|watched| watched.completion);
    let share = |from, to| completions().filter(|completion| (from..to).contains(completion)).count() * 100 / 12_000;
    let (early, late) = (share(0, 200), share(900, 1_001));
    assert!((50..75).contains(&late), "{late} % finish");
    assert!(early > share(200, 400) && early > share(600, 900), "{early} % leave early");
}

#[test]
fn people_watch_what_they_like() {
    let plan = Plan::new(&small());
    let (mut liked, mut by_chance) = (0, 0);
    for (user, viewing) in (0..).zip(viewings(&plan)) {
        let stranger = people::Taste::of(plan.chances, (user + 1) % 400);
        let taste = people::Taste::of(plan.chances, user);
        for watched in viewing.watched {
            let episode = &plan.catalogue.episodes[watched.episode as usize];
            let tags = plan.catalogue.series[episode.series as usize].tags;
            liked += u32::from(taste.suits(tags) > 0);
            by_chance += u32::from(stranger.suits(tags) > 0);
        }
    }
    assert!(10 * liked > 19 * by_chance, "{liked} against {by_chance}");
}

#[test]
fn comments_follow_the_publication_and_answer_earlier_ones() {
    let plan = Plan::new(&small());
    let discussion = Discussion::new(&plan);
    let comments: Vec<_> = (0..2_000).map(|number| discussion.comment(&plan, number)).collect();
    let by_id: HashMap<_, _> = comments.iter().map(|comment| (comment.id, comment)).collect();
    assert_eq!(by_id.len(), comments.len());
    let (mut soon, mut later, mut replies, mut deep) = (0, 0, 0, 0);
    for comment in &comments {
        let episode = &plan.catalogue.episodes[comment.episode as usize];
        assert!(comment.at > episode.published && comment.at < plan.until);
        let days = (comment.at - episode.published) / rhythm::DAY;
        soon += u32::from(days < 14);
        later += u32::from((28..42).contains(&days));
        if let Some(parent) = comment.parent.map(|parent| by_id[&parent]) {
            replies += 1;
            deep += u32::from(parent.parent.is_some());
            assert!(parent.episode == comment.episode && parent.at < comment.at);
        }
    }
    assert!((600..1_000).contains(&replies), "{replies} of 2000 answer");
    assert!(deep > 100, "{deep} answer an answer");
    assert!(soon > 4 * later, "{soon} of 2000 come in the first fortnight, {later} in the third");
}

#[test]
fn what_cannot_be_generated_is_refused() {
    let now = Utc::now();
    assert!(small().check(now).is_ok());
    let refused = |parameters: Parameters| parameters.check(now).is_err();
    assert!(refused(Parameters { until: now + chrono::Duration::days(1), ..small() }));
    assert!(refused(Parameters { watched: 400 * 150 + 1, ..small() }));
    assert!(!refused(Parameters { watched: 400 * 150, ..small() }));
    assert!(refused(Parameters { watched: 0, ..small() }));
    assert!(!refused(Parameters { watched: 0, comments: 0, ..small() }));
    assert!(Parameters { rng_seed: 2, ..small() }.id() != small().id());
    assert!(Parameters { batch: 7, force: true, ..small() }.id() == small().id());
}

#[test]
fn the_smallest_and_the_fullest_graph_can_be_made() {
    for flags in [
        Parameters { users: 1, episodes: 1, watched: 1, comments: 3, ..small() },
        Parameters { users: 9, episodes: 40, watched: 9 * 30, comments: 0, ..small() },
        Parameters { users: 3, episodes: 2, watched: 0, comments: 0, ..small() },
    ] {
        let plan = Plan::new(&flags);
        let (all, _) = plan.rows(Position::START);
        let mut position = Position::START;
        let mut rows = 0;
        while let Some(batch) = plan.batch(position, 4) {
            rows += u64::from(batch.rows);
            position = batch.to;
        }
        assert_eq!((rows, position.phase), (all, Phase::Finished));
    }
}

#[test]
fn every_handle_is_one_that_can_be_registered() {
    let (chances, names) = (Chances::new(1), Names::new(small().id()));
    for number in (0..MAX_USERS).step_by(997) {
        let handle = words::handle(&mut chances.of(chance::Purpose::UserText, number), number, names.suffix());
        let read = crate::accounts::Handle::parse("handle", &handle);
        assert_eq!(read.ok().map(|read| read.text), Some(handle));
    }
}
