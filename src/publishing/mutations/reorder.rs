use async_graphql::{Context, ID, InputObject, Object};

use crate::error::{Error, Result};
use crate::mutation::{Outcome, Refused, UserError, UserErrorCode};
use crate::payload;
use crate::publishing::document::{PageId, PageKind};
use crate::publishing::fields::number;
use crate::publishing::page::Page;
use crate::publishing::queries::{self, scope_of};
use crate::publishing::store::{self, Reordered};
use crate::scope::Scope;

/// The most pages that are put in order at once.
const MAX_REORDERED: usize = 100;

/// The order of what a page holds.
#[derive(InputObject)]
struct ReorderPagesInput {
    /// The franchise whose series are put in order, or the series whose episodes are.
    id: ID,
    /// The season whose episodes are put in order; for episodes only.
    season: Option<i32>,
    /// The series or the episodes, in their order; at most 100. They get the positions, or the numbers, from 1 on.
    ids: Vec<ID>,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `reorderPages`.
    ReorderPagesPayload {
        /// The pages, in their order.
        pages: Vec<Page>
    }
}

#[derive(Default)]
pub(super) struct ReorderMutations;

#[Object]
impl ReorderMutations {
    /// Puts the series of a franchise, or the episodes of a season, in order: their drafts get positions or numbers, and viewers
    /// see it when they are published. For editors, admins and owners.
    async fn reorder_pages(&self, ctx: &Context<'_>, input: ReorderPagesInput) -> Result<ReorderPagesPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        ReorderPagesPayload::of(Box::pin(reorder(ctx, input)).await, client_mutation_id)
    }
}

async fn reorder(ctx: &Context<'_>, input: ReorderPagesInput) -> Outcome<Vec<Page>> {
    let parent: PageId = input.id.parse()?;
    let scope = scope_of(ctx.data_unchecked::<Scope>(), parent).await?;
    let refused = |field: &str, code, message: &str| Refused::from(UserError::of(field, code, message));
    let season = match (parent.kind(), input.season) {
        (PageKind::Franchise, None) => None,
        (PageKind::Series, Some(season)) => Some(number("input.season", season)?),
        (PageKind::Series, None) => return Err(refused("input.season", UserErrorCode::Blank, "which season?")),
        (PageKind::Franchise, Some(_)) => {
            return Err(refused("input.season", UserErrorCode::Invalid, "series have no season"));
        }
        (PageKind::Episode | PageKind::HomePage | PageKind::FaqEntry, _) => {
            return Err(Error::BadUserInput("this page holds no others that have an order".to_owned()).into());
        }
    };
    if input.ids.len() > MAX_REORDERED {
        let message = format!("at most {MAX_REORDERED} pages at once");
        return Err(refused("input.ids", UserErrorCode::LimitReached, &message));
    }
    let ids = input.ids.iter().map(|id| id.parse()).collect::<Result<Vec<PageId>>>()?;
    match store::reorder(&scope, (parent, season), ids.clone()).await? {
        Reordered::Done => Ok(queries::pages(&scope, ids.into_iter().map(|id| (id, Vec::new())).collect()).await?),
        Reordered::NotFound(n) => {
            let field = format!("input.ids.{n}");
            Err(refused(&field, UserErrorCode::NotFound, "this is no part of it"))
        }
        Reordered::Refused(errors) => Err(Refused::User(errors)),
    }
}
