use async_graphql::{Context, Object};

use super::store;
use super::types::FailedFunction;
use crate::error::Result;
use crate::pagination::{Column, Connection, Order, PageArguments, SortValue};
use crate::scope::Scope;

const FAILED_FUNCTIONS: Order =
    Order { list: "failedFunctions", descending: true, columns: &[Column::Time, Column::Text, Column::Text] };

/// The root fields of functions.
#[derive(Default)]
pub struct FunctionsQueries;

#[Object]
impl FunctionsQueries {
    /// What the platform should have done because of an event, and was given up after too many attempts; the newest first.
    /// For operators of the platform, who have it attempted once more with `retryFunction`.
    async fn failed_functions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<FailedFunction>> {
        let scope = &ctx.data_unchecked::<Scope>().clone().of_operator().await?;
        let page = PageArguments { first, after, last, before }.page(&FAILED_FUNCTIONS)?;
        let failed = store::failed(scope, &page).await?;
        Ok(page.connection(&FAILED_FUNCTIONS, failed, |failed| {
            let (event, function) = (SortValue::text(&failed.event.id), SortValue::text(&failed.function));
            vec![SortValue::Time(failed.failed_at.0), event, function]
        }))
    }
}
