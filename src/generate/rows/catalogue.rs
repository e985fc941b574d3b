//! The catalogue, written by the statements of the sample, so that both have the same shape.

use std::fmt::Display;
use std::ops::Range;

use chrono::{DateTime, Utc};
use neo4rs::BoltType;
use rand::RngExt;
use serde_json::{Value, json};

use crate::cypher;
use crate::generate::Plan;
use crate::generate::batches::{Batch, Write};
use crate::generate::catalogue::EDITING;
use crate::generate::chance::{Chance, Purpose};
use crate::generate::rhythm::date_time;
use crate::generate::words::{self, TAGS};
use crate::graph::{Statement, map};
use crate::id::{FranchiseId, PersonId, SeriesId, TagId, TenantId};

/// The language of the word grammar.
const LANGUAGE: &str = "en";

pub(in crate::generate) fn tags(plan: &Plan, range: Range<u32>, batch: &mut Batch) {
    let row = |number: u32| {
        let slug = TAGS[number as usize];
        map([
            // The id that the sample gives it, too.
            ("id", TagId::named(DateTime::UNIX_EPOCH, slug).into()),
            ("slug", slug.into()),
            ("name", words::tag_name(slug).into()),
            ("createdAt", date_time(plan.catalogue.origin).into()),
        ])
    };
    // The vocabulary belongs to nobody: some of it may have been there, so none of it is counted as new.
    batch.nodes = 0;
    batch.writes.push(Write::new(cypher!("generate/tags"), range.map(row).collect()));
}

pub(in crate::generate) fn people(plan: &Plan, range: Range<u32>, batch: &mut Batch) {
    let row = |number: u32| {
        let mut chance = plan.chances.of(Purpose::Person, number);
        let name = words::person(&mut chance);
        map([
            ("id", person_id(plan, number).into()),
            ("slug", person_slug(plan, number).into()),
            ("biography", format!("{name} tells stories. {}", words::synopsis(&mut chance)).into()),
            ("name", name.into()),
            ("createdAt", date_time(plan.catalogue.origin).into()),
        ])
    };
    batch.writes.push(Write::new(cypher!("generate/people"), range.map(row).collect()));
}

fn person_id(plan: &Plan, number: u32) -> PersonId {
    plan.names.person(plan.catalogue.origin, number)
}

fn person_slug(plan: &Plan, number: u32) -> String {
    let name = words::person(&mut plan.chances.of(Purpose::Person, number));
    format!("{}-{}", words::slug(&name, number), plan.names.suffix())
}

pub(in crate::generate) fn tenants(plan: &Plan, range: Range<u32>, batch: &mut Batch) {
    let row = |number: u32| {
        let mut chance = plan.chances.of(Purpose::Tenant, number);
        let name = words::house(&mut chance);
        json!({
            "id": tenant_id(plan, number), "slug": format!("{}-{}", words::slug(&name, number), plan.names.suffix()),
            "name": name, "description": format!("Independent series. {}", words::synopsis(&mut chance)),
            "createdAt": date_time(plan.catalogue.origin), "active": true,
        })
    };
    batch.writes.extend(write(cypher!("seed/tenants"), range.map(row).collect()));
}

fn tenant_id(plan: &Plan, number: u32) -> TenantId {
    plan.names.tenant(plan.catalogue.origin, number)
}

pub(in crate::generate) fn franchise_id(plan: &Plan, number: u32) -> FranchiseId {
    plan.names.franchise(plan.catalogue.franchises[number as usize].published - EDITING, number)
}

pub(in crate::generate) fn series_id(plan: &Plan, number: u32) -> SeriesId {
    plan.names.series(plan.catalogue.series[number as usize].published - EDITING, number)
}

pub(in crate::generate) fn franchises(plan: &Plan, range: Range<u32>, batch: &mut Batch) {
    let (mut rows, mut taggings) = (Vec::new(), Vec::new());
    for number in range {
        let franchise = &plan.catalogue.franchises[number as usize];
        let mut chance = plan.chances.of(Purpose::Franchise, number);
        let (id, published) = (franchise_id(plan, number), date_time(franchise.published));
        rows.push(json!({
            "id": id, "tenantId": tenant_id(plan, franchise.tenant), "publishedAt": published,
            "createdAt": date_time(franchise.published - EDITING), "properties": texts(&mut chance, number, true),
        }));
        taggings.push(tagging(&id, franchise.tag, published));
    }
    batch.relationships += count(&rows) + count(&taggings);
    batch.writes.extend(write(cypher!("seed/franchises"), rows));
    batch.writes.extend(write(cypher!("seed/taggings"), taggings));
}

pub(in crate::generate) fn series(plan: &Plan, range: Range<u32>, batch: &mut Batch) {
    let (mut rows, mut taggings, mut credits) = (Vec::new(), Vec::new(), Vec::new());
    for number in range {
        let series = &plan.catalogue.series[number as usize];
        let franchise = &plan.catalogue.franchises[series.franchise as usize];
        // Not that of the series' shape, which has been drawn from already.
        let mut chance = plan.chances.of(Purpose::SeriesText, number);
        let (id, published) = (series_id(plan, number), date_time(series.published));
        rows.push(json!({
            "id": id, "tenantId": tenant_id(plan, franchise.tenant), "franchiseId": franchise_id(plan, series.franchise),
            "position": series.position, "publishedAt": published, "createdAt": date_time(series.published - EDITING),
            "properties": texts(&mut chance, number, true),
        }));
        taggings.extend(series.tags.map(|tag| tagging(&id, tag, published)));
        let actors = chance.random_range(2..=5);
        let roles = ["CREATOR", "WRITER", "DIRECTOR", "COMPOSER"].into_iter().chain(vec!["ACTOR"; actors]);
        for (position, role) in (1..).zip(roles) {
            credits.push(credit(plan, &mut chance, &id, position, role));
        }
    }
    batch.relationships += count(&rows) + count(&taggings) + count(&credits);
    batch.writes.extend(write(cypher!("seed/series"), rows));
    batch.writes.extend(write(cypher!("seed/taggings"), taggings));
    batch.writes.extend(write(cypher!("seed/credits"), credits));
}

pub(in crate::generate) fn episodes(plan: &Plan, range: Range<u32>, batch: &mut Batch) {
    let (mut rows, mut taggings, mut credits) = (Vec::new(), Vec::new(), Vec::new());
    for number in range {
        let episode = &plan.catalogue.episodes[number as usize];
        let series = &plan.catalogue.series[episode.series as usize];
        let franchise = &plan.catalogue.franchises[series.franchise as usize];
        let mut chance = plan.chances.of(Purpose::EpisodeText, number);
        let (season, place) = plan.catalogue.numbering(episode);
        let published = date_time(episode.published);
        let mut properties = texts(&mut chance, number, false);
        properties["durationMs"] = episode.duration.into();
        rows.push(json!({
            "id": episode.id, "tenantId": tenant_id(plan, franchise.tenant), "seriesId": series_id(plan, episode.series),
            "season": season, "number": place, "publishedAt": published,
            "createdAt": date_time(episode.published - EDITING), "properties": properties,
        }));
        taggings.push(tagging(&episode.id, series.tags[chance.random_range(0..series.tags.len())], published));
        for (position, role) in (1..).zip(["WRITER", "DIRECTOR"]) {
            credits.push(credit(plan, &mut chance, &episode.id, position, role));
        }
    }
    batch.relationships += count(&rows) + count(&taggings) + count(&credits);
    batch.writes.extend(write(cypher!("seed/episodes"), rows));
    batch.writes.extend(write(cypher!("seed/taggings"), taggings));
    batch.writes.extend(write(cypher!("seed/credits"), credits));
}

/// Title, slug, synopsis and what else viewers read; episodes have no description.
fn texts(chance: &mut Chance, number: u32, described: bool) -> Value {
    let title = words::title(chance);
    let mut properties = json!({
        "slug": words::slug(&title, number), "title": title, "synopsis": words::synopsis(chance),
        "language": LANGUAGE, "active": true,
    });
    if described {
        properties["description"] = format!("{} {}", words::synopsis(chance), words::synopsis(chance)).into();
    }
    properties
}

fn tagging(content: &impl Display, place: usize, at: DateTime<Utc>) -> Value {
    json!({"contentId": content.to_string(), "tag": TAGS[place], "at": at})
}

fn credit(plan: &Plan, chance: &mut Chance, content: &impl Display, position: i64, role: &str) -> Value {
    let person = person_slug(plan, plan.catalogue.worker(chance));
    let character = (role == "ACTOR").then(|| words::character(chance));
    json!({"contentId": content.to_string(), "person": person, "position": position, "role": role, "character": character})
}

fn count(rows: &[Value]) -> u64 {
    rows.len() as u64
}

/// `None` never happens: JSON always has a counterpart in Bolt, but for numbers that are too large.
fn write(statement: Statement, rows: Vec<Value>) -> Option<Write> {
    let rows: Result<Vec<BoltType>, _> = rows.into_iter().map(BoltType::try_from).collect();
    rows.ok().map(|rows| Write::new(statement, rows))
}
