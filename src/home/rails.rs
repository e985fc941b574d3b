//! What a home page is made of: rails in order. This is how they are stored, as JSON, what an editor writes, and what is
//! checked before either.

#[cfg(test)]
mod tests;

use async_graphql::{Enum, InputObject, Object};
use serde::{Deserialize, Serialize};

use crate::catalog::ContentId;
use crate::id::TagId;
use crate::mutation::{Checked, Outcome, UserError, UserErrorCode};
use crate::text;

/// The most rails of a home page.
pub const MAX_RAILS: usize = 20;
/// The most items of a rail, those that are picked by hand included.
pub const MAX_RAIL_ITEMS: usize = 50;
/// The items of a rail for which nothing is said.
pub const USUAL_RAIL_ITEMS: i32 = 20;
/// The most characters of the title of a rail.
const MAX_TITLE_CHARACTERS: usize = 60;

/// Where the items of a rail come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Enum)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RailKind {
    /// What an editor has picked, in this order.
    HandPicked,
    /// What carries a tag; what was tagged last comes first.
    ByTag,
    /// What was published last.
    Newest,
    /// The series that most people have watched in the last days.
    Trending,
    /// The episodes with which the viewer can go on. Only for those who have signed in.
    ContinueWatching,
    /// What a strategy proposes to the viewer. Only for those who have signed in.
    Recommended,
}

/// A kind of content that a rail shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Enum)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RailContentType {
    /// Franchises.
    Franchise,
    /// Series.
    Series,
    /// Episodes.
    Episode,
}

/// How a rail finds what it recommends. Each is a file of `cypher/recommendations/`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Enum)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RecommendationStrategy {
    /// Series with tags that the viewer follows and which the viewer has not watched; those that most people follow
    /// come first.
    PopularWithYourTags,
    /// Series that the viewer has not watched and which several people watch who have watched the same as the viewer.
    SimilarViewers,
}

/// Where the items of a rail come from, with what that needs to know.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "SCREAMING_SNAKE_CASE", rename_all_fields = "camelCase")]
pub enum RailSource {
    /// See [`RailKind::HandPicked`].
    HandPicked {
        /// What is shown, in this order.
        content_ids: Vec<ContentId>,
    },
    /// See [`RailKind::ByTag`].
    ByTag {
        /// The tag.
        tag_id: TagId,
    },
    /// See [`RailKind::Newest`].
    Newest {
        /// The newest of what.
        content_type: RailContentType,
    },
    /// See [`RailKind::Trending`].
    Trending,
    /// See [`RailKind::ContinueWatching`].
    ContinueWatching,
    /// See [`RailKind::Recommended`].
    Recommended {
        /// How it is found.
        strategy: RecommendationStrategy,
    },
}

impl RailSource {
    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> RailKind {
        match self {
            Self::HandPicked { .. } => RailKind::HandPicked,
            Self::ByTag { .. } => RailKind::ByTag,
            Self::Newest { .. } => RailKind::Newest,
            Self::Trending => RailKind::Trending,
            Self::ContinueWatching => RailKind::ContinueWatching,
            Self::Recommended { .. } => RailKind::Recommended,
        }
    }

    /// Whether its items depend on who asks, so that nobody who has not signed in sees it.
    #[must_use]
    pub fn is_personal(&self) -> bool {
        matches!(self, Self::ContinueWatching | Self::Recommended { .. })
    }
}

/// A rail of a home page, as an editor has made it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Rail {
    /// What stands above it.
    pub title: String,
    /// The most items that it shows.
    pub limit: i32,
    /// Where they come from.
    #[serde(flatten)]
    pub source: RailSource,
}

/// A rail of a home page, as an editor has made it.
#[Object(name = "HomePageRail")]
impl Rail {
    /// What stands above it.
    async fn title(&self) -> &str {
        &self.title
    }

    /// Where its items come from.
    async fn kind(&self) -> RailKind {
        self.source.kind()
    }

    /// The most items that it shows.
    async fn limit(&self) -> i32 {
        self.limit
    }

    /// The ids of what was picked, in their order. Null unless it is `HAND_PICKED`.
    async fn content_ids(&self) -> Option<Vec<async_graphql::ID>> {
        match &self.source {
            RailSource::HandPicked { content_ids } => {
                Some(content_ids.iter().map(|id| async_graphql::ID(id.to_string())).collect())
            }
            _ => None,
        }
    }

    /// The id of the tag. Null unless it is `BY_TAG`.
    async fn tag_id(&self) -> Option<TagId> {
        if let RailSource::ByTag { tag_id } = self.source { Some(tag_id) } else { None }
    }

    /// The newest of what it shows. Null unless it is `NEWEST`.
    async fn content_type(&self) -> Option<RailContentType> {
        if let RailSource::Newest { content_type } = self.source { Some(content_type) } else { None }
    }

    /// How it finds what it recommends. Null unless it is `RECOMMENDED`.
    async fn strategy(&self) -> Option<RecommendationStrategy> {
        if let RailSource::Recommended { strategy } = self.source { Some(strategy) } else { None }
    }
}

/// The rails of a home page, in their order.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HomePageRails(pub Vec<Rail>);

impl HomePageRails {
    /// What the page shows of whoever has not made one.
    #[must_use]
    pub fn usual() -> Self {
        let rail = |title: &str, source| Rail { title: title.to_owned(), limit: USUAL_RAIL_ITEMS, source };
        Self(vec![
            rail("Continue watching", RailSource::ContinueWatching),
            rail("New series", RailSource::Newest { content_type: RailContentType::Series }),
            rail("Trending", RailSource::Trending),
        ])
    }

    /// The rails that a page was stored with. One that this server does not know, because a newer one has written it, is
    /// left out.
    ///
    /// # Errors
    /// When the text is no list.
    pub fn stored(text: &str) -> serde_json::Result<Self> {
        let rails: Vec<serde_json::Value> = serde_json::from_str(text)?;
        let read = |rail| serde_json::from_value(rail).inspect_err(|error| tracing::warn!(%error, "a rail is unknown"));
        Ok(Self(rails.into_iter().filter_map(|rail| read(rail).ok()).collect()))
    }

    /// The text that a page is stored with.
    ///
    /// # Errors
    /// Never for rails of this type; the library cannot know.
    pub fn to_text(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }

    /// Checks the rails of an input. `field` is the way to the list, such as `input.rails`.
    ///
    /// # Errors
    /// Everything that is wrong with them, each with its place.
    pub fn checked(field: &str, rails: Vec<HomePageRailInput>) -> Outcome<Self> {
        let mut checked = Checked::default();
        let count = rails.len();
        if count > MAX_RAILS {
            let message = format!("a home page has at most {MAX_RAILS} rails, and these are {count}");
            checked.value::<()>(Err(UserError::of(field, UserErrorCode::TooLong, message)));
        }
        let rails = rails.into_iter().enumerate().take(MAX_RAILS);
        let rails: Vec<_> = rails.filter_map(|(n, rail)| rail.checked(&format!("{field}.{n}"), &mut checked)).collect();
        checked.finish()?;
        Ok(Self(rails))
    }
}

/// A rail of a home page. What belongs to another kind than its own must not be given.
#[derive(Debug, Clone, InputObject)]
pub struct HomePageRailInput {
    /// What stands above it, in at most 60 characters.
    title: String,
    /// Where its items come from.
    kind: RailKind,
    /// The most items that it shows: from 1 to 50; 20 if nothing is said.
    limit: Option<i32>,
    /// Of `HAND_PICKED`, the ids of franchises, series and episodes, in their order; at most 50.
    content_ids: Option<Vec<async_graphql::ID>>,
    /// Of `BY_TAG`, the id of the tag.
    tag_id: Option<TagId>,
    /// Of `NEWEST`, the newest of what is shown.
    content_type: Option<RailContentType>,
    /// Of `RECOMMENDED`, how it is found.
    strategy: Option<RecommendationStrategy>,
}

impl HomePageRailInput {
    /// The rail, or nothing where `checked` has noted what is wrong with it.
    fn checked(self, field: &str, checked: &mut Checked) -> Option<Rail> {
        let title = checked.value(text::line(&format!("{field}.title"), &self.title, 1..=MAX_TITLE_CHARACTERS));
        let limit = checked.value(limit(&format!("{field}.limit"), self.limit));
        let given = [
            ("contentIds", RailKind::HandPicked, self.content_ids.is_some()),
            ("tagId", RailKind::ByTag, self.tag_id.is_some()),
            ("contentType", RailKind::Newest, self.content_type.is_some()),
            ("strategy", RailKind::Recommended, self.strategy.is_some()),
        ];
        for (name, kind, is_given) in given {
            let problem = match (kind == self.kind, is_given) {
                (true, false) => (UserErrorCode::Blank, "a rail of this kind needs it"),
                (false, true) => (UserErrorCode::Invalid, "it does not belong to a rail of this kind"),
                _ => continue,
            };
            checked.value::<()>(Err(UserError::of(&format!("{field}.{name}"), problem.0, problem.1)));
        }
        let source = match self.kind {
            RailKind::HandPicked => {
                let ids = content_ids(&format!("{field}.contentIds"), &self.content_ids?);
                RailSource::HandPicked { content_ids: checked.value(ids) }
            }
            RailKind::ByTag => RailSource::ByTag { tag_id: self.tag_id? },
            RailKind::Newest => RailSource::Newest { content_type: self.content_type? },
            RailKind::Trending => RailSource::Trending,
            RailKind::ContinueWatching => RailSource::ContinueWatching,
            RailKind::Recommended => RailSource::Recommended { strategy: self.strategy? },
        };
        Some(Rail { title, limit, source })
    }
}

fn limit(field: &str, limit: Option<i32>) -> Result<i32, UserError> {
    let limit = limit.unwrap_or(USUAL_RAIL_ITEMS);
    if usize::try_from(limit).is_ok_and(|limit| (1..=MAX_RAIL_ITEMS).contains(&limit)) {
        return Ok(limit);
    }
    Err(UserError::of(field, UserErrorCode::Invalid, format!("it goes from 1 to {MAX_RAIL_ITEMS}")))
}

fn content_ids(field: &str, ids: &[async_graphql::ID]) -> Result<Vec<ContentId>, UserError> {
    if ids.is_empty() {
        return Err(UserError::of(field, UserErrorCode::Blank, "it must not be empty"));
    }
    if ids.len() > MAX_RAIL_ITEMS {
        let message = format!("a rail has at most {MAX_RAIL_ITEMS} items, and these are {}", ids.len());
        return Err(UserError::of(field, UserErrorCode::TooLong, message));
    }
    let mut found = Vec::new();
    for (n, id) in ids.iter().enumerate() {
        let wrong = |message: &str| UserError::of(&format!("{field}.{n}"), UserErrorCode::Invalid, message);
        let id: ContentId = id.parse().map_err(|_| wrong("it is not the id of a franchise, a series or an episode"))?;
        if found.contains(&id) {
            return Err(wrong("it stands in this rail already"));
        }
        found.push(id);
    }
    Ok(found)
}
