//! What the resolvers of questions ask for, and how it is batched.

use std::collections::HashMap;

use async_graphql::Context;

use super::{FaqEntry, store};
use crate::batch::{BatchLoad, Batched};
use crate::catalog::SearchText;
use crate::error::Result;
use crate::id::TenantId;
use crate::pagination::{Column, Connection, Order, Page, PageArguments, SortValue};
use crate::scope::Scope;

const ENTRIES: Order = Order { list: "faq", descending: false, columns: &[Column::Number, Column::Text] };

/// A page of the questions of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct EntriesPage {
    pub(super) of: TenantId,
    /// In lower case; each of them is in every question or its answer.
    pub(super) words: Vec<String>,
    pub(super) page: Page,
}

struct Entries;

impl BatchLoad for Entries {
    type Key = EntriesPage;
    type Value = Vec<FaqEntry>;

    fn items(key: &EntriesPage) -> usize {
        key.page.size
    }

    async fn load(scope: &Scope, keys: &[EntriesPage]) -> Result<HashMap<EntriesPage, Vec<FaqEntry>>> {
        store::entries(scope, keys).await
    }
}

/// Questions as one request sees them.
pub struct FaqLoaders(Batched<Entries>);

impl FaqLoaders {
    /// Fresh loaders for a request.
    #[must_use]
    pub fn new(scope: &Scope) -> Self {
        Self(Batched::new(scope.clone()))
    }
}

/// A page of the questions of a tenant; with a text, of those in which all of its words are.
pub(crate) async fn entries_of(
    ctx: &Context<'_>,
    tenant: TenantId,
    query: Option<&str>,
    arguments: &PageArguments,
) -> Result<Connection<FaqEntry>> {
    let page = arguments.page(&ENTRIES)?;
    let words = query.map(SearchText::parse).transpose()?.map(|text| text.words().to_vec()).unwrap_or_default();
    let key = EntriesPage { of: tenant, words, page: page.clone() };
    let entries = ctx.data_unchecked::<FaqLoaders>().0.load(key).await?.unwrap_or_default();
    let place = |entry: &FaqEntry| vec![SortValue::Number(entry.position), SortValue::text(&entry.id)];
    Ok(page.connection(&ENTRIES, entries, place))
}
