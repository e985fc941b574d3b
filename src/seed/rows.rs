use std::collections::{HashMap, HashSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use neo4rs::BoltType;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::entries::{
    Catalogue, CreditEntry, EpisodeEntry, FranchiseEntry, RailEntry, RailSourceEntry, SeriesEntry, TenantEntry,
};
use super::{CAPTIONS, VIDEO};
use crate::catalog::ContentId;
use crate::cypher;
use crate::graph::Statement;
use crate::home::{HomePageRails, Rail, RailSource};
use crate::id::{AssetId, EpisodeId, FaqEntryId, FranchiseId, HomePageId, PersonId, SeriesId, TagId, TenantId};
use crate::tenants::slug_skeleton;

/// An object to write before the graph names it.
pub(super) struct Upload {
    pub(super) key: String,
    pub(super) content_type: &'static str,
    pub(super) bytes: Vec<u8>,
}

/// The catalogue as parameters of statements.
#[derive(Default)]
pub(super) struct Rows {
    tags: Vec<Value>,
    people: Vec<Value>,
    tenants: Vec<Value>,
    franchises: Vec<Value>,
    series: Vec<Value>,
    episodes: Vec<Value>,
    content: Vec<Value>,
    taggings: Vec<Value>,
    credits: Vec<Value>,
    assets: Vec<Value>,
    home_pages: Vec<Value>,
    faq_entries: Vec<Value>,
    pub(super) uploads: Vec<Upload>,
    /// The slugs of all tags.
    known_tags: HashSet<String>,
    /// The slugs of all people.
    known_people: HashSet<String>,
    /// A slug outside of the vocabulary, and what names it.
    pub(super) unknown: Option<(String, String)>,
}

impl Rows {
    /// In the order in which they depend on one another.
    pub(super) fn statements(self) -> Result<Vec<Statement>, neo4rs::Error> {
        let with = |statement: Statement, rows: Vec<Value>| {
            BoltType::try_from(Value::Array(rows)).map(|rows| statement.bind("rows", rows))
        };
        Ok(vec![
            with(cypher!("seed/tags"), self.tags)?,
            with(cypher!("seed/people"), self.people)?,
            with(cypher!("seed/tenants"), self.tenants)?,
            with(cypher!("seed/franchises"), self.franchises)?,
            with(cypher!("seed/series"), self.series)?,
            with(cypher!("seed/episodes"), self.episodes)?,
            with(cypher!("seed/taggings"), self.taggings)?,
            with(cypher!("seed/clear_credits"), self.content)?,
            with(cypher!("seed/credits"), self.credits)?,
            with(cypher!("seed/assets"), self.assets)?,
            with(cypher!("seed/home_pages"), self.home_pages)?,
            with(cypher!("seed/faq_entries"), self.faq_entries)?,
        ])
    }

    pub(super) fn vocabulary(&mut self, catalogue: &Catalogue) {
        self.known_tags = catalogue.tags.iter().map(|tag| tag.slug.clone()).collect();
        self.known_people = catalogue.people.iter().map(|person| person.slug.clone()).collect();
        for tag in &catalogue.tags {
            let id = TagId::named(DateTime::UNIX_EPOCH, &tag.slug);
            self.tags.push(json!({"id": id, "slug": tag.slug, "name": tag.name}));
        }
        for person in &catalogue.people {
            let id = PersonId::named(DateTime::UNIX_EPOCH, &person.slug);
            self.people
                .push(json!({"id": id, "slug": person.slug, "name": person.name, "biography": person.biography}));
        }
    }

    pub(super) fn tenant(&mut self, tenant: &TenantEntry, media: &HashMap<String, Vec<u8>>) {
        let id = TenantId::named(tenant.created_at, &tenant.slug);
        self.tenants.push(json!({
            "id": id, "slug": tenant.slug, "slugSkeleton": slug_skeleton(&tenant.slug), "name": tenant.name, "description": tenant.description,
            "createdAt": tenant.created_at, "active": tenant.active,
        }));
        let loading = Loading { tenant: id, created_at: tenant.created_at, media };
        for franchise in &tenant.franchises {
            self.franchise(&loading, franchise, &format!("{}/{}", tenant.slug, franchise.slug));
        }
        self.home_page(&loading, tenant);
        for (n, entry) in (1..).zip(&tenant.faq) {
            self.faq_entries.push(json!({
                "id": FaqEntryId::named(tenant.created_at, &format!("{}/{}", tenant.slug, entry.slug)), "tenantId": id,
                "slug": entry.slug, "question": entry.question, "answer": entry.answer, "position": n,
                "createdAt": tenant.created_at,
            }));
        }
    }

    fn home_page(&mut self, loading: &Loading<'_>, tenant: &TenantEntry) {
        if tenant.home.is_empty() {
            return;
        }
        let id = HomePageId::named(tenant.created_at, &tenant.slug);
        let rails = tenant.home.iter().map(|rail| self.rail(loading, &tenant.slug, id, rail));
        let rails = HomePageRails(rails.collect::<Vec<_>>());
        self.home_pages.push(json!({
            "id": id, "tenantId": loading.tenant, "createdAt": tenant.created_at, "rails": json!(rails).to_string(),
        }));
    }

    fn rail(&mut self, loading: &Loading<'_>, tenant: &str, page: HomePageId, rail: &RailEntry) -> Rail {
        let source = match &rail.source {
            RailSourceEntry::HandPicked { content } => {
                let ids = content.iter().map(|path| content_id(loading, &format!("{tenant}/{path}")));
                RailSource::HandPicked { content_ids: ids.collect() }
            }
            RailSourceEntry::ByTag { tag } => {
                if !self.known_tags.contains(tag) {
                    self.unknown = Some((tag.clone(), page.to_string()));
                }
                RailSource::ByTag { tag_id: TagId::named(DateTime::UNIX_EPOCH, tag) }
            }
            RailSourceEntry::Newest { content_type } => RailSource::Newest { content_type: *content_type },
            RailSourceEntry::Trending => RailSource::Trending,
            RailSourceEntry::ContinueWatching => RailSource::ContinueWatching,
            RailSourceEntry::Recommended { strategy } => RailSource::Recommended { strategy: *strategy },
        };
        Rail { title: rail.title.clone(), limit: rail.limit, source }
    }

    fn franchise(&mut self, loading: &Loading<'_>, franchise: &FranchiseEntry, folder: &str) {
        let created_at = franchise.published_at.unwrap_or(loading.created_at);
        let id = FranchiseId::named(loading.created_at, folder);
        self.franchises.push(json!({
            "id": id, "tenantId": loading.tenant, "publishedAt": franchise.published_at, "createdAt": created_at,
            "properties": {
                "slug": franchise.slug, "title": franchise.title, "synopsis": franchise.synopsis,
                "description": franchise.description, "language": franchise.language, "active": franchise.active,
                "franchiseType": franchise.franchise_type,
                "linkLabels": franchise.links.iter().map(|link| &link.label).collect::<Vec<_>>(),
                "linkUrls": franchise.links.iter().map(|link| &link.url).collect::<Vec<_>>(),
            },
        }));
        self.tags_of(&id, &franchise.tags, created_at);
        self.picture(loading, &id, "POSTER", (300, 450), &format!("{folder}/poster.webp"));
        for (position, series) in (1..).zip(&franchise.series) {
            self.series_entry(loading, id, position, series, &format!("{folder}/{}", series.slug));
        }
    }

    fn series_entry(
        &mut self,
        loading: &Loading<'_>,
        franchise: FranchiseId,
        position: i64,
        series: &SeriesEntry,
        folder: &str,
    ) {
        let created_at = series.published_at.unwrap_or(loading.created_at);
        let id = SeriesId::named(loading.created_at, folder);
        self.series.push(json!({
            "id": id, "tenantId": loading.tenant, "franchiseId": franchise, "position": position,
            "publishedAt": series.published_at, "createdAt": created_at,
            "properties": {
                "slug": series.slug, "title": series.title, "synopsis": series.synopsis,
                "description": series.description, "language": series.language, "active": series.active,
            },
        }));
        self.tags_of(&id, &series.tags, created_at);
        self.credits_of(&id, &series.credits);
        self.picture(loading, &id, "POSTER", (300, 450), &format!("{folder}/poster.webp"));
        for episode in &series.episodes {
            let path = format!("{folder}/s{:02}e{:02}.webp", episode.season, episode.number);
            let id = self.episode(loading, id, &series.language, episode, &path);
            // One video is enough to try a player: it belongs to the pilot of every franchise.
            if position == 1 && episode.season == 1 && episode.number == 1 {
                self.video(loading, &id);
            }
        }
    }

    fn episode(
        &mut self,
        loading: &Loading<'_>,
        series: SeriesId,
        language: &str,
        episode: &EpisodeEntry,
        picture: &str,
    ) -> EpisodeId {
        let created_at = episode.published_at.unwrap_or(loading.created_at);
        let id = EpisodeId::named(loading.created_at, picture);
        self.episodes.push(json!({
            "id": id, "tenantId": loading.tenant, "seriesId": series,
            "season": episode.season, "number": episode.number, "releaseDate": episode.release_date,
            "publishedAt": episode.published_at, "createdAt": created_at,
            "properties": {
                "slug": episode.slug, "title": episode.title, "synopsis": episode.synopsis,
                "language": language, "durationMs": episode.duration_ms, "active": episode.active,
            },
        }));
        self.tags_of(&id, &episode.tags, created_at);
        self.credits_of(&id, &episode.credits);
        self.picture(loading, &id, "THUMBNAIL", (320, 180), picture);
        id
    }

    fn tags_of(&mut self, content: &impl ToString, tags: &[String], at: DateTime<Utc>) {
        let content = content.to_string();
        if let Some(slug) = tags.iter().find(|slug| !self.known_tags.contains(*slug)) {
            self.unknown = Some((slug.clone(), content.clone()));
        }
        self.taggings.extend(tags.iter().map(|tag| json!({"contentId": content, "tag": tag, "at": at})));
    }

    fn credits_of(&mut self, content: &impl ToString, credits: &[CreditEntry]) {
        let content = content.to_string();
        let kept = (1..).zip(credits).map(|(position, credit): (i64, _)| json!([credit.person, position]));
        self.content.push(json!({"contentId": content, "credits": kept.collect::<Vec<_>>()}));
        if let Some(credit) = credits.iter().find(|credit| !self.known_people.contains(&credit.person)) {
            self.unknown = Some((credit.person.clone(), content.clone()));
        }
        self.credits.extend((1..).zip(credits).map(|(position, credit): (i64, _)| {
            json!({
                "contentId": content, "person": credit.person, "position": position,
                "role": credit.role, "character": credit.character,
            })
        }));
    }

    fn picture(
        &mut self,
        loading: &Loading<'_>,
        content: &impl ToString,
        role: &str,
        (width, height): (i32, i32),
        path: &str,
    ) {
        let properties = json!({"kind": "IMAGE", "width": width, "height": height});
        self.asset(loading, &content.to_string(), role, path, "image/webp", &properties);
    }

    fn video(&mut self, loading: &Loading<'_>, episode: &EpisodeId) {
        let properties = json!({"kind": "VIDEO", "width": 480, "height": 270, "durationMs": 11_000, "language": "en"});
        self.asset(loading, &episode.to_string(), "VIDEO", VIDEO, "video/mp4", &properties);
        let properties = json!({"kind": "CAPTIONS", "language": "en"});
        self.asset(loading, &episode.to_string(), "CAPTIONS", CAPTIONS, "text/vtt", &properties);
    }

    fn asset(
        &mut self,
        loading: &Loading<'_>,
        content: &str,
        role: &str,
        path: &str,
        content_type: &'static str,
        properties: &Value,
    ) {
        let Some(bytes) = loading.media.get(path) else { return };
        let id = AssetId::named(loading.created_at, &format!("{content}/{role}/{path}"));
        let name = path.rsplit('/').next().unwrap_or(path);
        let key = format!("{}/{id}/{name}", loading.tenant);
        let checksum = STANDARD.encode(Sha256::digest(bytes));
        self.assets.push(json!({
            "id": id, "tenantId": loading.tenant, "contentId": content, "role": role, "createdAt": loading.created_at,
            "key": key, "contentType": content_type, "bytes": bytes.len(), "checksum": checksum,
            "properties": properties,
        }));
        self.uploads.push(Upload { key, content_type, bytes: bytes.clone() });
    }
}

/// What all parts of one tenant's catalogue share.
struct Loading<'c> {
    tenant: TenantId,
    created_at: DateTime<Utc>,
    media: &'c HashMap<String, Vec<u8>>,
}

/// The id of a franchise or a series, which is made of its path.
fn content_id(loading: &Loading<'_>, path: &str) -> ContentId {
    if path.matches('/').count() > 1 {
        ContentId::Series(SeriesId::named(loading.created_at, path))
    } else {
        ContentId::Franchise(FranchiseId::named(loading.created_at, path))
    }
}
