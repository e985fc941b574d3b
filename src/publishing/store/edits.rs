use std::sync::Arc;

use async_graphql::resolver_utils::enum_value;
use futures::FutureExt;
use neo4rs::BoltType;
use serde::Deserialize;
use serde_json::json;

use super::pages::{self, LockedPage, assets_of, editors};
use crate::cypher;
use crate::error::Result;
use crate::events::{EventType, NewEvent};
use crate::graph::{GraphError, Transaction, Work, map};
use crate::id::RevisionId;
use crate::mutation::{UserError, UserErrorCode, UserErrors};
use crate::publishing::bounds::MAX_FAQ_ENTRIES;
use crate::publishing::document::{PageDocument, PageId, PageKind};
use crate::publishing::fields::PageChange;
use crate::publishing::limits::TextLimits;
use crate::publishing::references;
use crate::scope::{Editor, TenantScope, or_null};
use crate::tenants::TenantPlan;

/// What came of an edit.
#[derive(Debug)]
pub(in crate::publishing) enum Edited {
    /// It was done, or had been done before with the same key; the page is this one.
    Done(PageId),
    /// There is no such page, or the viewer may not edit it any more.
    NotFound,
    /// Somebody has changed the page meanwhile.
    Stale(Box<LockedPage>),
    /// It cannot be done like this.
    Refused(UserErrors),
}

/// A page that is about to be made.
#[derive(Debug, Clone)]
pub(in crate::publishing) struct NewPage {
    pub(in crate::publishing) id: PageId,
    pub(in crate::publishing) document: PageDocument,
    pub(in crate::publishing) creation_key: Option<String>,
}

/// Makes a page with a first draft.
pub(in crate::publishing) async fn create(scope: &TenantScope<Editor>, page: NewPage) -> Result<Edited, GraphError> {
    #[derive(Deserialize)]
    struct Row {
        verdict: String,
        id: String,
    }
    let (scope, page) = (Arc::new(scope.clone()), Arc::new(page));
    let shared = Arc::clone(&scope);
    let work: Arc<Work<Edited>> = Arc::new(move |transaction| {
        let (scope, page) = (Arc::clone(&shared), Arc::clone(&page));
        async move {
            let statement = cypher!("publishing/create")
                .bind("id", page.id.to_string())
                .bind("kind", enum_value(page.id.kind()).to_string())
                .bind("roles", editors())
                .bind("creationKey", or_null(page.creation_key.clone()))
                .bind("maxFaqEntries", MAX_FAQ_ENTRIES)
                .bind("plan", TenantPlan::default().name())
                .bind("maxItems", TenantPlan::by_name(|plan| plan.limits().items));
            let Some(row) = transaction.run::<Row>(scope.bound(statement)).await?.pop() else {
                return Ok(Edited::NotFound);
            };
            if row.verdict == "MADE_BEFORE" {
                return Ok(row.id.parse().map_or(Edited::NotFound, Edited::Done));
            }
            if row.verdict == "FULL" {
                let message = match page.id.kind() {
                    PageKind::FaqEntry => "a tenant has no more questions than these",
                    _ => "the plan allows no more items",
                };
                let full = UserError::general(UserErrorCode::LimitReached, message);
                return Ok(Edited::Refused(vec![full]));
            }
            let event = scope.request().event(EventType::PageCreated);
            put(transaction, &scope, page.id, (None, &page.document), event).await
        }
        .boxed()
    });
    slug_taken(scope.transaction("publishing/create", work).await)
}

/// Changes the draft of a page.
pub(in crate::publishing) async fn edit(
    scope: &TenantScope<Editor>,
    id: PageId,
    expected_version: i32,
    change: PageChange,
) -> Result<Edited, GraphError> {
    let change = move |page: &LockedPage| {
        let mut document = page.current();
        change.apply(&mut document);
        document
    };
    rewrite(scope, id, expected_version, Arc::new(change)).await
}

/// What a draft becomes, by what is there.
pub(in crate::publishing) type Rewriting = dyn Fn(&LockedPage) -> PageDocument + Send + Sync;

/// Puts another document in the place of a draft.
pub(in crate::publishing) async fn rewrite(
    scope: &TenantScope<Editor>,
    id: PageId,
    expected_version: i32,
    rewriting: Arc<Rewriting>,
) -> Result<Edited, GraphError> {
    let shared = Arc::new(scope.clone());
    let work: Arc<Work<Edited>> = Arc::new(move |transaction| {
        let (scope, rewriting) = (Arc::clone(&shared), Arc::clone(&rewriting));
        async move {
            let Some(page) = pages::lock(transaction, &scope, &[id]).await?.pop() else {
                return Ok(Edited::NotFound);
            };
            if page.version != expected_version {
                return Ok(Edited::Stale(Box::new(page)));
            }
            let document = rewriting(&page);
            let event = scope.request().event(EventType::PageEdited);
            put(transaction, &scope, id, (Some(&page), &document), event).await
        }
        .boxed()
    });
    slug_taken(scope.transaction("publishing/edit", work).await)
}

/// What came of putting pages in order.
#[derive(Debug)]
pub(in crate::publishing) enum Reordered {
    Done,
    /// The page with this place in the list is not there, or is part of something else.
    NotFound(usize),
    Refused(UserErrors),
}

/// Gives the pages of a franchise, or of a season of a series, positions or numbers in their order.
pub(in crate::publishing) async fn reorder(
    scope: &TenantScope<Editor>,
    (parent, season): (PageId, Option<i32>),
    ids: Vec<PageId>,
) -> Result<Reordered, GraphError> {
    let shared = (Arc::new(scope.clone()), Arc::new(ids));
    let work: Arc<Work<Reordered>> = Arc::new(move |transaction| {
        let (scope, ids) = shared.clone();
        async move {
            let pages = pages::lock(transaction, &scope, &ids).await?;
            for (n, id) in ids.iter().enumerate() {
                let page = pages.iter().find(|page| page.id == *id);
                let fits = |document: &PageDocument| document.parent() == Some(parent) && document.season == season;
                let Some(page) = page.filter(|page| fits(&page.current())) else {
                    transaction.undo();
                    return Ok(Reordered::NotFound(n));
                };
                let (mut document, place) = (page.current(), i32::try_from(n + 1).ok());
                let was = if season.is_some() { document.number } else { document.position };
                if was == place {
                    continue;
                }
                if season.is_some() {
                    document.number = place;
                } else {
                    document.position = place;
                }
                let event = scope.request().event(EventType::PageEdited);
                if let Edited::Refused(errors) = put(transaction, &scope, *id, (Some(page), &document), event).await? {
                    return Ok(Reordered::Refused(errors));
                }
            }
            Ok(Reordered::Done)
        }
        .boxed()
    });
    scope.transaction("publishing/reorder", work).await
}

/// Writes a document as the draft of a page whose lock is held, if everything that it refers to is there.
pub(in crate::publishing) async fn put(
    transaction: &mut Transaction,
    scope: &TenantScope<Editor>,
    id: PageId,
    (page, document): (Option<&LockedPage>, &PageDocument),
    event: NewEvent,
) -> Result<Edited, GraphError> {
    let before = page.map(LockedPage::current);
    let found = pages::references(transaction, scope, &[document]).await?;
    let limits = TextLimits::read(transaction, scope).await?;
    let mut errors = references::missing(id, document, before.as_ref(), &found);
    errors.extend(limits.exceeded(document, before.as_ref()));
    if errors.is_empty() && before.as_ref().is_none_or(|before| before.slug != document.slug) {
        errors.extend(claim_slug(transaction, scope, id, &document.slug).await?);
    }
    if !errors.is_empty() {
        transaction.undo();
        return Ok(Edited::Refused(errors));
    }
    if let Some(page) = page.filter(|page| page.draft.is_some() && page.live.as_ref() == Some(document)) {
        // What says the same as production is no change.
        super::drop_drafts(transaction, scope, &[page]).await?;
        return Ok(Edited::Done(id));
    }
    let changes = PageDocument::changes(before.as_ref(), Some(document));
    if page.is_some() && changes.is_empty() {
        return Ok(Edited::Done(id));
    }
    let fields: Vec<_> = changes.iter().map(|change| change.field.as_str()).collect();
    let event = event.about(id.to_string()).within(scope.id()).with(&json!({"fields": fields}));
    let saved = save(transaction, scope, vec![Draft { id, document, event }]).await?;
    Ok(if saved == 0 { Edited::NotFound } else { Edited::Done(id) })
}

/// What the draft of a page shall say.
pub(super) struct Draft<'d> {
    pub(super) id: PageId,
    pub(super) document: &'d PageDocument,
    pub(super) event: NewEvent,
}

/// Writes drafts of pages whose locks and slugs are held; returns how many there are.
pub(super) async fn save(
    transaction: &mut Transaction,
    scope: &TenantScope<Editor>,
    drafts: Vec<Draft<'_>>,
) -> Result<usize, GraphError> {
    #[derive(Deserialize)]
    struct Row {}
    let rows = drafts.into_iter().map(|Draft { id, document, event }| {
        map([
            ("id", id.to_string().into()),
            ("revisionId", RevisionId::generate().into()),
            ("document", document.to_json().into()),
            ("slug", document.slug.as_str().into()),
            ("assetIds", assets_of(document).into()),
            ("event", event.into()),
        ])
    });
    let rows: Vec<BoltType> = rows.collect();
    if rows.is_empty() {
        return Ok(0);
    }
    Ok(transaction.run::<Row>(scope.bound(cypher!("publishing/save_drafts").bind("drafts", rows))).await?.len())
}

/// Takes a slug for a page, or says who cannot have it.
async fn claim_slug(
    transaction: &mut Transaction,
    scope: &TenantScope<Editor>,
    id: PageId,
    slug: &str,
) -> Result<Option<UserError>, GraphError> {
    #[derive(Deserialize)]
    struct Row {
        taken: bool,
    }
    let statement = cypher!("publishing/claim_slug")
        .bind("pageId", id.to_string())
        .bind("kind", enum_value(id.kind()).to_string())
        .bind("slug", slug);
    let rows = transaction.run::<Row>(scope.bound(statement)).await?;
    Ok(rows.iter().any(|row| row.taken).then(taken))
}

fn taken() -> UserError {
    UserError::of("input.slug", UserErrorCode::Taken, "another page of this kind has this slug, or had it")
}

/// Two who take one slug at the same moment are told apart by the constraint on slugs.
fn slug_taken(outcome: Result<Edited, GraphError>) -> Result<Edited, GraphError> {
    match outcome {
        Err(error) if error.is_taken() => Ok(Edited::Refused(vec![taken()])),
        other => other,
    }
}
