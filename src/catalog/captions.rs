//! What is said in episodes: a search in their captions.

use async_graphql::{Context, Object, SimpleObject};
use serde::Deserialize;

use super::search::SearchText;
use super::store;
use super::types::{Episode, loaders};
use crate::error::Result;
use crate::id::AssetId;
use crate::pagination::{Column, Connection, Order, PageArguments, SortValue};
use crate::scope::Scope;

/// By rank, then episode, captions, moment and place.
const CAPTIONS: Order = Order {
    list: "captions",
    descending: false,
    columns: &[Column::Number, Column::Text, Column::Text, Column::Number, Column::Number],
};

/// Something that is said in an episode.
#[derive(Debug, Clone, Deserialize, SimpleObject)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CaptionHit {
    /// The episode that it is said in.
    pub(super) episode: Episode,
    /// When it begins, in milliseconds from the start of the episode.
    start_ms: i32,
    /// When it ends, in milliseconds from the start of the episode.
    end_ms: i32,
    /// What is said.
    text: String,
    /// The language of the captions, as a BCP 47 tag, if it is known.
    language: Option<String>,
    #[graphql(skip)]
    rank: i64,
    #[graphql(skip)]
    asset_id: AssetId,
    #[graphql(skip)]
    position: i64,
}

/// The root fields of captions.
#[derive(Default)]
pub struct CaptionsQueries;

#[Object]
impl CaptionsQueries {
    /// Searches what is said in episodes, by their captions. Small typing errors are forgiven, the last letters of a word
    /// may be missing, and the best matches come first. Of a very common word, the thousand closest hits are ranked.
    #[expect(clippy::too_many_arguments, reason = "the arguments of a connection are named in the query")]
    #[graphql(cache_control(max_age = 60))]
    async fn search_captions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to look for, in plain words; at most 200 characters.")] query: String,
        #[graphql(desc = "Only in episodes of the tenant with this slug.")] tenant: Option<String>,
        #[graphql(desc = "Only in captions of this language, as a BCP 47 tag: `pt` finds `pt-BR`, too.")]
        language: Option<String>,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<CaptionHit>> {
        let text = SearchText::parse(&query)?;
        let page = PageArguments { first, after, last, before }.page(&CAPTIONS)?;
        let within = (tenant.as_deref(), language.as_deref());
        let scope = ctx.data_unchecked::<Scope>();
        let hits = if text.is_empty() { Vec::new() } else { store::captions(scope, &text, within, &page).await? };
        loaders(ctx).know(hits.iter().map(|hit| &hit.episode)).await;
        Ok(page.connection(&CAPTIONS, hits, |hit| {
            vec![
                SortValue::Number(hit.rank),
                SortValue::text(&hit.episode.id),
                SortValue::text(&hit.asset_id),
                SortValue::Number(hit.start_ms.into()),
                SortValue::Number(hit.position),
            ]
        }))
    }
}
