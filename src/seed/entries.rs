use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::catalog::FranchiseType;
use crate::home::{RailContentType, RecommendationStrategy};
use crate::time::Date;

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
    /// The rails of the home page; without any, the tenant has not made one.
    #[serde(default)]
    pub home: Vec<RailEntry>,
    /// What many ask, in this order.
    #[serde(default)]
    pub faq: Vec<QuestionEntry>,
}

fn yes() -> bool {
    true
}

/// A question with its answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "seed/README.md describes the fields")]
pub struct QuestionEntry {
    pub slug: String,
    pub question: String,
    pub answer: String,
}

/// A rail of a home page.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[expect(missing_docs, reason = "seed/README.md describes the fields")]
pub struct RailEntry {
    pub title: String,
    pub limit: i32,
    #[serde(flatten)]
    pub source: RailSourceEntry,
}

/// Where the items of a rail come from; content is named by its path, `franchise` or `franchise/series`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
#[expect(missing_docs, reason = "seed/README.md describes the fields")]
pub enum RailSourceEntry {
    HandPicked { content: Vec<String> },
    ByTag { tag: String },
    Newest { content_type: RailContentType },
    Trending,
    ContinueWatching,
    Recommended { strategy: RecommendationStrategy },
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
    #[serde(rename = "type")]
    pub franchise_type: FranchiseType,
    #[serde(default)]
    pub links: Vec<LinkEntry>,
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
    pub release_date: Option<Date>,
    pub published_at: Option<DateTime<Utc>>,
    pub active: bool,
    pub tags: Vec<String>,
    pub credits: Vec<CreditEntry>,
}

/// A place on the web.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "seed/README.md describes the fields")]
pub struct LinkEntry {
    pub label: String,
    pub url: String,
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
