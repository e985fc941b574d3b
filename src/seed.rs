//! Catalogues in files: the sample of `seed/`, and what tests make up.
//!
//! Loading is idempotent: ids are derived from names, files are written before the graph, and the
//! graph is written in one transaction, so that an interrupted load leaves an empty graph.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use futures::{FutureExt, TryStreamExt};
use neo4rs::BoltType;
use rust_embed::RustEmbed;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::cypher;
use crate::graph::{Graph, GraphError, Statement, Work};
use crate::id::{AssetId, EpisodeId, FranchiseId, PersonId, SeriesId, TagId, TenantId};
use crate::storage::{Storage, StorageError};

/// How many files are uploaded at a time.
const UPLOADS_AT_A_TIME: usize = 8;

/// A catalogue to load.
#[derive(Debug, Clone, Default)]
pub struct Catalogue {
    /// Words of the shared vocabulary.
    pub tags: Vec<TagEntry>,
    /// People who are credited somewhere.
    pub people: Vec<PersonEntry>,
    /// Tenants with all they own.
    pub tenants: Vec<TenantEntry>,
    /// Files by their path below the media folder, such as `tenant/franchise/poster.webp`.
    pub media: HashMap<String, Vec<u8>>,
}

/// A tag.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "seed/README.md describes the fields")]
pub struct TagEntry {
    pub slug: String,
    pub name: String,
}

/// A person.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "seed/README.md describes the fields")]
pub struct PersonEntry {
    pub slug: String,
    pub name: String,
    pub biography: String,
}

/// A tenant and its franchises.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[expect(missing_docs, reason = "seed/README.md describes the fields")]
pub struct TenantEntry {
    pub slug: String,
    pub name: String,
    pub description: String,
    pub created_at: DateTime<Utc>,
    /// Whether the tenant can be seen; it can if nothing is said.
    #[serde(default = "yes")]
    pub active: bool,
    pub franchises: Vec<FranchiseEntry>,
}

fn yes() -> bool {
    true
}

/// A franchise and its series.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[expect(missing_docs, reason = "seed/README.md describes the fields")]
pub struct FranchiseEntry {
    pub slug: String,
    pub title: String,
    pub synopsis: String,
    pub description: String,
    pub language: String,
    pub published_at: Option<DateTime<Utc>>,
    pub active: bool,
    pub tags: Vec<String>,
    pub series: Vec<SeriesEntry>,
}

/// A series and its episodes.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[expect(missing_docs, reason = "seed/README.md describes the fields")]
pub struct SeriesEntry {
    pub slug: String,
    pub title: String,
    pub synopsis: String,
    pub description: String,
    pub language: String,
    pub published_at: Option<DateTime<Utc>>,
    pub active: bool,
    pub tags: Vec<String>,
    pub credits: Vec<CreditEntry>,
    pub episodes: Vec<EpisodeEntry>,
}

/// An episode.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[expect(missing_docs, reason = "seed/README.md describes the fields")]
pub struct EpisodeEntry {
    pub season: i32,
    pub number: i32,
    pub slug: String,
    pub title: String,
    pub synopsis: String,
    pub duration_ms: i32,
    pub published_at: Option<DateTime<Utc>>,
    pub active: bool,
    pub tags: Vec<String>,
    pub credits: Vec<CreditEntry>,
}

/// A credit; `person` is a slug.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "seed/README.md describes the fields")]
pub struct CreditEntry {
    pub person: String,
    pub role: String,
    pub character: Option<String>,
}

/// Why a catalogue was not loaded.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// A file of the sample is malformed.
    #[error("seed/{path}: {source}")]
    File {
        /// Which file.
        path: String,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// Neo4j refused it.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// S3 refused it.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The files of the sample are not where this program was built.
    #[error("the sample catalogue is not there: a debug build reads it from seed/ of its source, which has moved")]
    Empty,
    /// A slug stands for nothing.
    #[error("{used_in} names {slug}, which is not in the list of tags or of people")]
    Unknown {
        /// The slug.
        slug: String,
        /// The id of what names it.
        used_in: String,
    },
    /// A value has no counterpart in the graph.
    #[error("a value of the catalogue does not fit the graph: {0}")]
    Value(neo4rs::Error),
}

/// The folder `seed/`.
#[derive(RustEmbed)]
#[folder = "seed/"]
#[include = "*.json"]
#[include = "media/*"]
struct Files;

/// The folder of pictures and videos within the sample.
const MEDIA: &str = "media/";
/// The one video of the sample, and its captions.
const VIDEO: &str = "pilot.mp4";
const CAPTIONS: &str = "pilot.en.vtt";

/// The sample catalogue.
///
/// # Errors
/// When a file of it is malformed.
pub fn sample() -> Result<Catalogue, SeedError> {
    let mut catalogue = Catalogue::default();
    for path in Files::iter() {
        let Some(file) = Files::get(&path) else { continue };
        let malformed = |source| SeedError::File { path: path.to_string(), source };
        if let Some(name) = path.strip_prefix(MEDIA) {
            catalogue.media.insert(name.to_owned(), file.data.into_owned());
        } else if path.starts_with("tenants/") {
            catalogue.tenants.push(serde_json::from_slice(&file.data).map_err(malformed)?);
        } else if path == "tags.json" {
            catalogue.tags = serde_json::from_slice(&file.data).map_err(malformed)?;
        } else if path == "people.json" {
            catalogue.people = serde_json::from_slice(&file.data).map_err(malformed)?;
        }
    }
    if catalogue.tenants.is_empty() {
        return Err(SeedError::Empty);
    }
    Ok(catalogue)
}

/// Whether the graph holds no tenant yet.
///
/// # Errors
/// When Neo4j does not answer.
pub async fn is_empty(graph: &Graph) -> Result<bool, GraphError> {
    #[derive(Deserialize)]
    struct Row {
        empty: bool,
    }
    let rows = graph.read::<Row>(cypher!("seed/is_empty")).await?;
    Ok(rows.iter().all(|row| row.empty))
}

/// Loads a catalogue, or brings what is there up to date with it. Credits become those of the
/// catalogue; apart from them, nothing is ever removed.
///
/// # Errors
/// When Neo4j or S3 refuses something; the graph is as before then.
pub async fn load(graph: &Graph, storage: &Storage, catalogue: &Catalogue) -> Result<(), SeedError> {
    let mut rows = Rows::default();
    rows.vocabulary(catalogue);
    for tenant in &catalogue.tenants {
        rows.tenant(tenant, &catalogue.media);
    }
    if let Some((slug, used_in)) = rows.unknown.take() {
        return Err(SeedError::Unknown { slug, used_in });
    }
    let uploads = std::mem::take(&mut rows.uploads);
    futures::stream::iter(uploads.into_iter().map(Ok))
        .try_for_each_concurrent(UPLOADS_AT_A_TIME, |upload: Upload| async move {
            storage.put(&upload.key, upload.content_type, upload.bytes).await
        })
        .await?;
    let statements = rows.statements().map_err(SeedError::Value)?;
    let work: Arc<Work<()>> = Arc::new(move |transaction| {
        let statements = statements.clone();
        async move {
            for statement in statements {
                transaction.run::<Loaded>(statement).await?;
            }
            Ok(())
        }
        .boxed()
    });
    Ok(graph.transaction("seed", work).await?)
}

/// The row of every statement of `cypher/seed/`.
#[derive(Deserialize)]
struct Loaded {
    #[serde(rename = "loaded")]
    _loaded: i64,
}

struct Upload {
    key: String,
    content_type: &'static str,
    bytes: Vec<u8>,
}

/// The catalogue as parameters of statements.
#[derive(Default)]
struct Rows {
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
    uploads: Vec<Upload>,
    /// The slugs of all tags.
    known_tags: HashSet<String>,
    /// The slugs of all people.
    known_people: HashSet<String>,
    /// A slug outside of the vocabulary, and what names it.
    unknown: Option<(String, String)>,
}

impl Rows {
    /// In the order in which they depend on one another.
    fn statements(self) -> Result<Vec<Statement>, neo4rs::Error> {
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
        ])
    }

    fn vocabulary(&mut self, catalogue: &Catalogue) {
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

    fn tenant(&mut self, tenant: &TenantEntry, media: &HashMap<String, Vec<u8>>) {
        let id = TenantId::named(tenant.created_at, &tenant.slug);
        self.tenants.push(json!({
            "id": id, "slug": tenant.slug, "name": tenant.name, "description": tenant.description,
            "createdAt": tenant.created_at, "active": tenant.active,
        }));
        let loading = Loading { tenant: id, created_at: tenant.created_at, media };
        for franchise in &tenant.franchises {
            self.franchise(&loading, franchise, &format!("{}/{}", tenant.slug, franchise.slug));
        }
    }

    fn franchise(&mut self, loading: &Loading<'_>, franchise: &FranchiseEntry, folder: &str) {
        let created_at = franchise.published_at.unwrap_or(loading.created_at);
        let id = FranchiseId::named(loading.created_at, folder);
        self.franchises.push(json!({
            "id": id, "tenantId": loading.tenant, "publishedAt": franchise.published_at, "createdAt": created_at,
            "properties": {
                "slug": franchise.slug, "title": franchise.title, "synopsis": franchise.synopsis,
                "description": franchise.description, "language": franchise.language, "active": franchise.active,
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
            "season": episode.season, "number": episode.number,
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
        self.content.push(json!({"contentId": content}));
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
