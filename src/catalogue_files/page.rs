use chrono::NaiveDate;
use serde::Serialize;

use super::problems::Problems;
use crate::catalog::CreditRole;
use crate::publishing::{PageKind, PageLink};

/// What a file holds, and what is wrong with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalogue {
    /// Its pages in their order, as far as they can be understood.
    pub pages: Vec<Page>,
    /// Everything that is wrong; in the order in which it was found.
    pub problems: Problems,
}

/// A page of a catalogue as a file has it: checked, and not yet in the graph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Page {
    /// Where it stands in its file, counted from 1; of no meaning where it is written.
    #[serde(skip)]
    pub line: u64,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: PageKind,
    /// Its name in addresses.
    pub slug: String,
    /// The slug of the page above it: of a series its franchise, of an episode its series.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Its title.
    pub title: String,
    /// What it is about, in a sentence or two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub short_description: Option<String>,
    /// What it is about, at length.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub long_description: Option<String>,
    /// The language it is made in, as a BCP 47 tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// The day on which it comes out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release_date: Option<NaiveDate>,
    /// Of an episode, its season, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub season: Option<i32>,
    /// Of an episode, its number within the season, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<i32>,
    /// Of an episode, how long it runs, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<i32>,
    /// The slugs of its tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Who took part, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub credits: Vec<PageCredit>,
    /// Where else there is something of it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<PageLink>,
}

/// A credit of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PageCredit {
    /// The slug of the person.
    pub person: String,
    /// What the person did.
    #[serde(serialize_with = "role_name")]
    pub role: CreditRole,
    /// The character, if the person plays one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub character: Option<String>,
}

/// The name of a role in files: that of the schema.
pub(super) fn name_of(role: CreditRole) -> String {
    async_graphql::resolver_utils::enum_value(role).to_string()
}

/// The role of a name; small letters do as well.
pub(super) fn role_named(name: &str) -> Option<CreditRole> {
    serde_json::from_value(serde_json::Value::String(name.to_ascii_uppercase())).ok()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference over")]
fn role_name<S: serde::Serializer>(role: &CreditRole, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&name_of(*role))
}
