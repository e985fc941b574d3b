//! Users and what they do.

use std::ops::Range;

use neo4rs::BoltType;

use super::catalogue::{franchise_id, series_id};
use crate::accounts::Handle;
use crate::cypher;
use crate::generate::Plan;
use crate::generate::batches::{Batch, Write};
use crate::generate::chance::Purpose;
use crate::generate::discussion::Discussion;
use crate::generate::rhythm::date_time;
use crate::generate::viewing::{Follows, Viewing, Watched};
use crate::generate::words::{self, TAGS};
use crate::graph::map;
use crate::id::UserId;

/// Nobody gets mail there: <https://www.rfc-editor.org/rfc/rfc2606#section-3>.
const MAIL_DOMAIN: &str = "example.org";

fn user_id(plan: &Plan, number: u32) -> UserId {
    plan.names.user(plan.people.joined[number as usize], number)
}

pub(in crate::generate) fn users(plan: &Plan, range: Range<u32>, batch: &mut Batch) {
    let row = |number: u32| {
        let mut chance = plan.chances.of(Purpose::UserText, number);
        let handle = words::handle(&mut chance, number, plan.names.suffix());
        map([
            ("id", user_id(plan, number).into()),
            ("email", format!("{handle}@{MAIL_DOMAIN}").into()),
            ("handleSkeleton", Handle::folded(&handle).skeleton.into()),
            ("handle", handle.into()),
            ("displayName", words::person(&mut chance).into()),
            ("createdAt", date_time(plan.people.joined[number as usize]).into()),
        ])
    };
    batch.writes.push(Write::new(cypher!("generate/users"), range.map(row).collect()));
}

/// What users have watched; with the last of it, what each rates and follows.
pub(in crate::generate) fn watched(plan: &Plan, range: Range<u32>, batch: &mut Batch) {
    let mut rows = Rows::default();
    let mut place = range.start;
    while place < range.end {
        let user = plan.people.viewer(place);
        let (begin, end) = plan.people.viewing(user);
        let viewing = Viewing::of(plan, user);
        let id = BoltType::from(user_id(plan, user));
        let until = end.min(range.end);
        let part = &viewing.watched[(place - begin) as usize..(until - begin) as usize];
        rows.watched.extend(part.iter().map(|watched| watched_row(plan, &id, watched)));
        if until == end {
            rows.rest(plan, &id, &viewing);
        }
        place = until;
    }
    batch.nodes = 0;
    for (statement, rows) in [
        (cypher!("generate/watched"), rows.watched),
        (cypher!("generate/rated"), rows.rated),
        (cypher!("generate/follows_users"), rows.users),
        (cypher!("generate/follows_franchises"), rows.franchises),
        (cypher!("generate/follows_series"), rows.series),
        (cypher!("generate/follows_tags"), rows.tags),
    ] {
        batch.relationships += rows.len() as u64;
        batch.writes.push(Write::new(statement, rows));
    }
}

/// The rows of what users do, by statement.
#[derive(Default)]
struct Rows {
    watched: Vec<BoltType>,
    rated: Vec<BoltType>,
    users: Vec<BoltType>,
    franchises: Vec<BoltType>,
    series: Vec<BoltType>,
    tags: Vec<BoltType>,
}

impl Rows {
    fn rest(&mut self, plan: &Plan, user: &BoltType, viewing: &Viewing) {
        for rated in &viewing.rated {
            self.rated.push(map([
                ("userId", user.clone()),
                ("seriesId", series_id(plan, rated.series).into()),
                ("stars", rated.stars.into()),
                ("at", date_time(rated.at).into()),
            ]));
        }
        for follows in &viewing.follows {
            let row = |key, followed: BoltType, since: i64| {
                map([("userId", user.clone()), (key, followed), ("since", date_time(since).into())])
            };
            match *follows {
                Follows::User(other, since) => {
                    self.users.push(row("followedId", user_id(plan, other).into(), since));
                }
                Follows::Franchise(franchise, since) => {
                    self.franchises.push(row("followedId", franchise_id(plan, franchise).into(), since));
                }
                Follows::Series(series, since) => {
                    self.series.push(row("followedId", series_id(plan, series).into(), since));
                }
                // A tag that was there before has an id of its own.
                Follows::Tag(place, since) => self.tags.push(row("followedSlug", TAGS[place].into(), since)),
            }
        }
    }
}

fn watched_row(plan: &Plan, user: &BoltType, watched: &Watched) -> BoltType {
    map([
        ("userId", user.clone()),
        ("episodeId", plan.catalogue.episodes[watched.episode as usize].id.as_str().into()),
        ("positionMs", watched.position.into()),
        ("completion", (f64::from(watched.completion) / 1_000.0).into()),
        ("plays", watched.plays.into()),
        ("firstAt", date_time(watched.first_at).into()),
        ("lastAt", date_time(watched.last_at).into()),
    ])
}

pub(in crate::generate) fn comments(plan: &Plan, range: Range<u32>, batch: &mut Batch) {
    let discussion = plan.discussion.get_or_init(|| Discussion::new(plan));
    let (mut rows, mut replies) = (Vec::new(), Vec::new());
    for number in range {
        let comment = discussion.comment(plan, number);
        let parent = comment.parent.map(BoltType::from);
        if let Some(parent) = &parent {
            replies.push(map([("id", comment.id.into()), ("parentId", parent.clone())]));
        }
        rows.push(map([
            ("id", comment.id.into()),
            ("userId", user_id(plan, comment.user).into()),
            ("episodeId", plan.catalogue.episodes[comment.episode as usize].id.as_str().into()),
            ("parentId", parent.unwrap_or(BoltType::Null(neo4rs::BoltNull))),
            ("body", comment.body.into()),
            ("anchorMs", comment.anchor.map_or(BoltType::Null(neo4rs::BoltNull), BoltType::from)),
            ("createdAt", date_time(comment.at).into()),
        ]));
    }
    batch.relationships += 2 * rows.len() as u64 + replies.len() as u64;
    batch.writes.push(Write::new(cypher!("generate/comments"), rows));
    batch.writes.push(Write::new(cypher!("generate/replies"), replies));
}
