use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::payload::{EditPagePayload, NotEdited, edited};
use crate::error::Result;
use crate::id::{RevisionId, TenantId};
use crate::mutation::{Outcome, UserError, UserErrorCode};
use crate::payload;
use crate::publishing::page::Page;
use crate::publishing::queries::{parsed, scope_of};
use crate::publishing::store::{self, Discarded, LockedPage};
use crate::scope::{Editor, Scope, TenantScope};

/// Drafts that are thrown away.
#[derive(InputObject)]
struct DiscardDraftInput {
    /// The tenant; the one of the header X-Seeka-Tenant if nothing is said.
    tenant_id: Option<TenantId>,
    /// The pages, at most 1,000.
    ids: Vec<ID>,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

/// What came of throwing drafts away.
#[derive(SimpleObject)]
pub(crate) struct DiscardedDrafts {
    /// How many there were.
    count: i32,
}

payload! {
    /// The answer to `discardDraft`.
    DiscardDraftPayload {
        /// What came of it.
        discarded: DiscardedDrafts
    }
}

/// A version that a page shall have again.
#[derive(InputObject)]
struct RestoreRevisionInput {
    /// The page.
    id: ID,
    /// The version of the page that the change was made for.
    expected_version: i32,
    /// The version that it shall have again, of its `revisions`.
    revision_id: RevisionId,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

#[derive(Default)]
pub(super) struct DraftMutations;

#[Object]
impl DraftMutations {
    /// Throws drafts away: the pages are again what viewers see. A page that was never published is gone then. For editors,
    /// admins and owners.
    async fn discard_draft(&self, ctx: &Context<'_>, input: DiscardDraftInput) -> Result<DiscardDraftPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        DiscardDraftPayload::of(Box::pin(discard(ctx, input)).await, client_mutation_id)
    }

    /// Makes an older version of a page its draft; viewers see it when it is published. For editors, admins and owners.
    async fn restore_revision(&self, ctx: &Context<'_>, input: RestoreRevisionInput) -> Result<EditPagePayload> {
        EditPagePayload::of(Box::pin(restore(ctx, &input)).await, input.client_mutation_id)
    }
}

async fn discard(ctx: &Context<'_>, input: DiscardDraftInput) -> Outcome<DiscardedDrafts> {
    let scope = TenantScope::<Editor>::of(ctx.data_unchecked::<Scope>(), input.tenant_id).await?;
    let ids = parsed(&input.ids)?;
    match store::discard(&scope, ids).await? {
        Discarded::Done(count) => Ok(DiscardedDrafts { count: i32::try_from(count).unwrap_or(i32::MAX) }),
        Discarded::NotFound(id) => {
            let message = format!("there is no page {id}");
            Err(UserError::of("input.ids", UserErrorCode::NotFound, message).into())
        }
        Discarded::OnlyDraft(id) => {
            let message =
                format!("viewers do not see page {id}, so its draft is all there is of it; put it away instead");
            Err(UserError::of("input.ids", UserErrorCode::NotAllowed, message).into())
        }
    }
}

async fn restore(ctx: &Context<'_>, input: &RestoreRevisionInput) -> Result<Page, NotEdited> {
    let id = input.id.parse()?;
    let scope = scope_of(ctx.data_unchecked::<Scope>(), id).await?;
    let revision = store::revision(&scope, input.revision_id).await?.filter(|revision| revision.page_id == id);
    let Some(revision) = revision else {
        let missing = UserError::of("input.revisionId", UserErrorCode::NotFound, "the page has no such version");
        return Err(missing.into());
    };
    let document = revision.document();
    let wanted = document.clone();
    let rewriting = move |_: &LockedPage| document.clone();
    let outcome = store::rewrite(&scope, id, input.expected_version, Arc::new(rewriting)).await;
    edited(&scope, outcome, |_| wanted.clone()).await
}
