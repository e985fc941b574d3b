use async_graphql::{ComplexObject, Context, SimpleObject};
use serde::Deserialize;

use super::{Episode, Franchise, Series, loaders};
use crate::error::Result;
use crate::faq::{self, FaqEntry};
use crate::id::TenantId;
use crate::pagination::{Connection, PageArguments};
use crate::time::Timestamp;

/// A community with a catalogue of its own: a producer, a studio, a festival.
#[derive(Debug, Clone, Deserialize, SimpleObject)]
#[graphql(complex)]
#[serde(rename_all = "camelCase")]
pub struct Tenant {
    /// Identifies the tenant.
    pub id: TenantId,
    /// Its name in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Who they are, in a few sentences.
    pub description: Option<String>,
    /// When the tenant joined the platform.
    pub created_at: Timestamp,
}

#[ComplexObject]
impl Tenant {
    /// The franchises of this tenant, newest first.
    async fn franchises(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Franchise>> {
        let page = PageArguments { first, after, last, before };
        loaders(ctx).franchises_of(self.id, &page).await
    }

    /// The series of this tenant, newest first.
    async fn series(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Series>> {
        let page = PageArguments { first, after, last, before };
        loaders(ctx).series_of_tenant(self.id, &page).await
    }

    /// The episodes of this tenant, newest first.
    async fn episodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Episode>> {
        let page = PageArguments { first, after, last, before };
        loaders(ctx).episodes_of_tenant(self.id, &page).await
    }

    /// What many ask this tenant, with the answers, in the order that the tenant has given them.
    async fn faq(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only questions that hold all of these words, in themselves or in their answers.")]
        query: Option<String>,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<FaqEntry>> {
        let page = PageArguments { first, after, last, before };
        faq::entries_of(ctx, self.id, query.as_deref(), &page).await
    }
}
