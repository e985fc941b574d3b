//! What a page says, as a whole: the content of a revision.
//!
//! A revision keeps it as JSON, because it is read and written as a whole and never searched; what viewers see are
//! properties and relationships of the page's own node, which publishing writes.

use std::fmt;
use std::str::FromStr;

use async_graphql::resolver_utils::enum_value;
use async_graphql::{Enum, Json, SimpleObject};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::assets::AssetRole;
use crate::catalog::{CreditRole, FranchiseType};
use crate::error::Error;
use crate::home::Rail;
use crate::id::{AssetId, EpisodeId, FaqEntryId, FranchiseId, HomePageId, IdError, PersonId, SeriesId, TagId};
use crate::time::Date;

/// The kinds of pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, Enum)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PageKind {
    /// A franchise.
    Franchise,
    /// A series.
    Series,
    /// An episode.
    Episode,
    /// The home page of the tenant, of which there is one.
    HomePage,
    /// A question that many ask, with its answer.
    FaqEntry,
}

impl PageKind {
    /// The kind that its parent is of.
    #[must_use]
    pub fn parent(self) -> Option<Self> {
        match self {
            Self::Franchise | Self::HomePage | Self::FaqEntry => None,
            Self::Series => Some(Self::Franchise),
            Self::Episode => Some(Self::Series),
        }
    }

    /// Its name in the schema, in statements and in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Franchise => "FRANCHISE",
            Self::Series => "SERIES",
            Self::Episode => "EPISODE",
            Self::HomePage => "HOME_PAGE",
            Self::FaqEntry => "FAQ_ENTRY",
        }
    }

    /// The kind of content of a name; small letters do as well.
    #[must_use]
    pub fn content_named(name: &str) -> Option<Self> {
        [Self::Franchise, Self::Series, Self::Episode].into_iter().find(|kind| kind.name().eq_ignore_ascii_case(name))
    }
}

/// The id of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PageId {
    /// Of a franchise.
    Franchise(FranchiseId),
    /// Of a series.
    Series(SeriesId),
    /// Of an episode.
    Episode(EpisodeId),
    /// Of a home page.
    HomePage(HomePageId),
    /// Of a question with its answer.
    FaqEntry(FaqEntryId),
}

impl PageId {
    /// What kind of page it is.
    #[must_use]
    pub fn kind(self) -> PageKind {
        match self {
            Self::Franchise(_) => PageKind::Franchise,
            Self::Series(_) => PageKind::Series,
            Self::Episode(_) => PageKind::Episode,
            Self::HomePage(_) => PageKind::HomePage,
            Self::FaqEntry(_) => PageKind::FaqEntry,
        }
    }

    /// A fresh id.
    #[must_use]
    pub fn generate(kind: PageKind) -> Self {
        match kind {
            PageKind::Franchise => Self::Franchise(FranchiseId::generate()),
            PageKind::Series => Self::Series(SeriesId::generate()),
            PageKind::Episode => Self::Episode(EpisodeId::generate()),
            PageKind::HomePage => Self::HomePage(HomePageId::generate()),
            PageKind::FaqEntry => Self::FaqEntry(FaqEntryId::generate()),
        }
    }
}

impl fmt::Display for PageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Franchise(id) => id.fmt(f),
            Self::Series(id) => id.fmt(f),
            Self::Episode(id) => id.fmt(f),
            Self::HomePage(id) => id.fmt(f),
            Self::FaqEntry(id) => id.fmt(f),
        }
    }
}

impl FromStr for PageId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let wrong = |error: IdError| Error::BadUserInput(error.to_string());
        match text.split('_').next().unwrap_or_default() {
            FranchiseId::PREFIX => text.parse().map(Self::Franchise).map_err(wrong),
            SeriesId::PREFIX => text.parse().map(Self::Series).map_err(wrong),
            EpisodeId::PREFIX => text.parse().map(Self::Episode).map_err(wrong),
            HomePageId::PREFIX => text.parse().map(Self::HomePage).map_err(wrong),
            FaqEntryId::PREFIX => text.parse().map(Self::FaqEntry).map_err(wrong),
            _ => Err(Error::BadUserInput("this is the id of nothing that is edited in drafts".to_owned())),
        }
    }
}

/// What a page says.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, SimpleObject)]
#[serde(rename_all = "camelCase", default)]
#[graphql(name = "PageFields")]
pub struct PageDocument {
    /// Its name in addresses.
    pub slug: String,
    /// Its title; of a FAQ entry, the question.
    pub title: String,
    /// What it is about, in a sentence or two.
    pub short_description: Option<String>,
    /// What it is about, at length.
    pub long_description: Option<String>,
    /// The language it is made in, as a BCP 47 tag.
    pub language: Option<String>,
    /// Whether viewers may see it once it is published.
    pub active: bool,
    /// Whether it was put away: publishing takes it from viewers, and lists of pages leave it out.
    pub archived: bool,
    /// What a franchise holds.
    pub franchise_type: Option<FranchiseType>,
    /// The franchise that a series is part of.
    pub franchise_id: Option<FranchiseId>,
    /// The place of a series in its franchise, or of a question among all of the tenant, counted from 1.
    pub position: Option<i32>,
    /// The series that an episode is part of.
    pub series_id: Option<SeriesId>,
    /// The season of an episode, counted from 1.
    pub season: Option<i32>,
    /// The number of an episode within its season, counted from 1.
    pub number: Option<i32>,
    /// How long an episode runs, in milliseconds.
    pub duration_ms: Option<i32>,
    /// The day that it came out.
    pub release_date: Option<Date>,
    /// Places on the web that belong to it, in their order.
    pub links: Vec<PageLink>,
    /// The ids of its tags.
    pub tag_ids: Vec<TagId>,
    /// Who made it, in their order.
    pub credits: Vec<PageCredit>,
    /// Its files.
    pub assets: Vec<PageAsset>,
    /// The answer to the question of a FAQ entry.
    pub answer: Option<String>,
    /// What a home page shows, from above to below.
    pub rails: Option<Vec<Rail>>,
}

/// A place on the web that belongs to a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, SimpleObject)]
pub struct PageLink {
    /// What it is called.
    pub label: String,
    /// Where it leads.
    pub url: String,
}

/// What somebody did for a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct PageCredit {
    /// The person.
    pub person_id: PersonId,
    /// What they did.
    pub role: CreditRole,
    /// Whom they play.
    pub character: Option<String>,
}

/// A file of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub struct PageAsset {
    /// What it is used for.
    pub role: AssetRole,
    /// The file.
    pub asset_id: AssetId,
}

impl PageAsset {
    /// What the files of a page are sorted by.
    #[must_use]
    pub fn rank(&self) -> (String, AssetId) {
        (enum_value(self.role).to_string(), self.asset_id)
    }
}

/// A field whose value differs between two versions of a page.
#[derive(Debug, Clone, PartialEq, Eq, SimpleObject)]
pub struct FieldChange {
    /// The field of `PageFields`.
    pub field: String,
    /// What it was; null if it had no value.
    pub before: Option<Json<Value>>,
    /// What it is; null if it has no value.
    pub after: Option<Json<Value>>,
}

impl PageDocument {
    /// The page that this one is part of: the franchise of a series, the series of an episode.
    #[must_use]
    pub fn parent(&self) -> Option<PageId> {
        self.franchise_id.map(PageId::Franchise).or(self.series_id.map(PageId::Series))
    }

    /// Whether viewers see it when it is published.
    #[must_use]
    pub fn is_shown(&self) -> bool {
        self.active && !self.archived
    }

    /// Whether it has a file for this.
    #[must_use]
    pub fn has(&self, role: AssetRole) -> bool {
        self.assets.iter().any(|asset| asset.role == role)
    }

    /// What is different in `after`, field by field, in the order of their names.
    #[must_use]
    pub fn changes(before: Option<&Self>, after: Option<&Self>) -> Vec<FieldChange> {
        let (before, after) = (fields(before), fields(after));
        let names = fields(Some(&Self::default())).into_iter().map(|(name, _)| name);
        let value = |fields: &[(String, Value)], name: &str| {
            let found = fields.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone());
            // A list without items says as little as no value.
            found.filter(|value| !value.is_null() && value.as_array().is_none_or(|items| !items.is_empty()))
        };
        names
            .map(|name| (value(&before, &name), value(&after, &name), name))
            .filter(|(before, after, _)| before != after)
            .map(|(before, after, field)| FieldChange { field, before: before.map(Json), after: after.map(Json) })
            .collect()
    }

    /// The text that a revision keeps.
    #[must_use]
    pub fn to_json(&self) -> String {
        // Strings, numbers and lists of them always serialise.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// The fields of a document with their values, in the order of their names; none for no document.
fn fields(document: Option<&PageDocument>) -> Vec<(String, Value)> {
    match document.map(serde_json::to_value) {
        Some(Ok(Value::Object(fields))) => fields.into_iter().collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn changes_are_told_field_by_field() {
        let before = PageDocument { title: "One".to_owned(), position: Some(1), ..PageDocument::default() };
        let after = PageDocument { title: "Two".to_owned(), position: None, active: true, ..PageDocument::default() };
        let changes = PageDocument::changes(Some(&before), Some(&after));
        let told: Vec<_> =
            changes.iter().map(|change| (change.field.as_str(), &change.before, &change.after)).collect();
        let json = |value: Value| Some(Json(value));
        assert_eq!(
            told,
            [
                ("active", &json(json!(false)), &json(json!(true))),
                ("position", &json(json!(1)), &None),
                ("title", &json(json!("One")), &json(json!("Two"))),
            ]
        );
        assert_eq!(PageDocument::changes(Some(&after), Some(&after)), []);
        let read = serde_json::from_str::<PageDocument>(&after.to_json()).ok();
        assert_eq!(read, Some(after));
    }
}
