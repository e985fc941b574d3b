use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use futures::FutureExt;
use neo4rs::BoltType;
use serde::Deserialize;
use serde_json::json;

use super::pages::{self, editors_of, page_id};
use super::{LockedPage, drop_drafts, edits};
use crate::catalogue_files::{Catalogue, ImportErrorCode, Problems};
use crate::cypher;
use crate::error::Result;
use crate::events::EventType;
use crate::graph::{GraphError, Transaction, Work, map};
use crate::id::{PersonId, TagId};
use crate::publishing::document::{PageDocument, PageId, PageKind};
use crate::publishing::import::{CatalogueImport, Found, Key, Planned, keys, plan};
use crate::publishing::limits::TextLimits;
use crate::scope::{Editor, TenantScope};
use crate::tenants::TenantPlan;

/// How many pages a statement of an import looks for, or writes.
const CHUNK: usize = 500;

/// What came of an import.
#[derive(Debug)]
pub(in crate::publishing) enum Imported {
    /// It was done.
    Done(CatalogueImport),
    /// Something is wrong with the file, so nothing was.
    Refused(Problems),
    /// The viewer may not edit there any more.
    NotAllowed,
}

/// Is told how many pages of how many were written.
pub(in crate::publishing) type Progress = dyn Fn(usize, usize) + Send + Sync;

/// A catalogue that shall become drafts.
pub(in crate::publishing) struct NewImport {
    pub(in crate::publishing) catalogue: Catalogue,
    /// Whether nothing is written, whatever it comes to.
    pub(in crate::publishing) rehearsal: bool,
    pub(in crate::publishing) progress: Box<Progress>,
}

/// Makes drafts of all pages of a catalogue, or of none.
pub(in crate::publishing) async fn import(
    scope: &TenantScope<Editor>,
    import: NewImport,
) -> Result<Imported, GraphError> {
    let shared = (Arc::new(scope.clone()), Arc::new(import));
    let work: Arc<Work<Imported>> = Arc::new(move |transaction| {
        let (scope, import) = shared.clone();
        async move {
            let Some(room) = begin(transaction, &scope).await? else {
                transaction.undo();
                return Ok(Imported::NotAllowed);
            };
            let found = find(transaction, &scope, &import.catalogue, room).await?;
            let (planned, problems) = plan(&import.catalogue, found);
            if !problems.is_empty() {
                transaction.undo();
                return Ok(Imported::Refused(problems));
            }
            if import.rehearsal {
                transaction.undo();
            }
            Ok(Imported::Done(write(transaction, &scope, planned, &import).await?))
        }
        .boxed()
    });
    match scope.transaction("publishing/import", work).await {
        Err(error) if error.is_taken() => {
            let mut problems = Problems::default();
            let message = "somebody took a slug of this file just now; import it again";
            problems.note(1, Some("slug"), ImportErrorCode::Taken, message);
            Ok(Imported::Refused(problems))
        }
        other => other,
    }
}

/// A word of the vocabulary that all tenants share.
#[derive(Deserialize)]
struct Named<T> {
    id: T,
    slug: String,
}

#[derive(Deserialize)]
struct Vocabulary {
    tags: Vec<Named<TagId>>,
    people: Vec<Named<PersonId>>,
}

/// The slugs of tags and people.
#[derive(Default)]
pub(in crate::publishing) struct Names {
    pub(in crate::publishing) tags: HashMap<TagId, String>,
    pub(in crate::publishing) people: HashMap<PersonId, String>,
}

/// Looks up the slugs of tags and people.
pub(in crate::publishing) async fn names(
    scope: &TenantScope<Editor>,
    tags: BTreeSet<TagId>,
    people: BTreeSet<PersonId>,
) -> Result<Names> {
    let (tags, people): (Vec<_>, Vec<_>) = (tags.into_iter().collect(), people.into_iter().collect());
    let mut names = Names::default();
    for n in 0..tags.len().max(people.len()).div_ceil(CHUNK) {
        let statement =
            cypher!("publishing/vocabulary_names").bind("tagIds", part(&tags, n)).bind("personIds", part(&people, n));
        for row in scope.read::<Vocabulary>(statement).await? {
            names.tags.extend(row.tags.into_iter().map(|tag| (tag.id, tag.slug)));
            names.people.extend(row.people.into_iter().map(|person| (person.id, person.slug)));
        }
    }
    Ok(names)
}

/// The `n`-th chunk of values.
fn part<T: Clone + Into<BoltType>>(values: &[T], n: usize) -> Vec<BoltType> {
    values.chunks(CHUNK).nth(n).unwrap_or_default().iter().cloned().map(Into::into).collect()
}

/// Takes the lock of the tenant; returns for how many more pages its plan has room.
async fn begin(transaction: &mut Transaction, scope: &TenantScope<Editor>) -> Result<Option<usize>, GraphError> {
    #[derive(Deserialize)]
    struct Row {
        items: i64,
        most: i64,
    }
    let statement = cypher!("publishing/begin_import")
        .bind("roles", editors_of(scope))
        .bind("plan", TenantPlan::default().name())
        .bind("maxItems", TenantPlan::by_name(|plan| plan.limits().items));
    let row = transaction.run::<Row>(scope.bound(statement)).await?.pop();
    Ok(row.map(|row| usize::try_from(row.most - row.items).unwrap_or_default()))
}

/// Looks for everything that a file names, and locks the pages that it changes.
async fn find(
    transaction: &mut Transaction,
    scope: &TenantScope<Editor>,
    Catalogue { pages, .. }: &Catalogue,
    room: usize,
) -> Result<Found, GraphError> {
    #[derive(Deserialize)]
    struct Row {
        kind: PageKind,
        slug: String,
        #[serde(deserialize_with = "page_id")]
        id: PageId,
    }
    let mut found = Found { room, limits: Some(TextLimits::read(transaction, scope).await?), ..Found::default() };
    let (own, above) = keys(pages);
    let all: Vec<&Key> = own.union(&above).collect();
    for chunk in all.chunks(CHUNK) {
        let keys = chunk.iter().map(|(kind, slug)| map([("kind", kind.name().into()), ("slug", slug.as_str().into())]));
        let statement = cypher!("publishing/pages_by_slugs").bind("keys", keys.collect::<Vec<BoltType>>());
        for row in transaction.run::<Row>(scope.bound(statement)).await? {
            found.pages.entry((row.kind, row.slug)).or_default().push(row.id);
        }
    }
    let mut ids: Vec<PageId> = own.iter().filter_map(|key| found.pages.get(key)).flatten().copied().collect();
    ids.sort_unstable();
    for chunk in ids.chunks(CHUNK) {
        let locked = pages::lock(transaction, scope, chunk).await?;
        found.locked.extend(locked.into_iter().map(|page| (page.id, page)));
    }
    let tags: BTreeSet<&str> = pages.iter().flat_map(|page| &page.tags).map(String::as_str).collect();
    let people = pages.iter().flat_map(|page| &page.credits).map(|credit| credit.person.as_str());
    let (tags, people): (Vec<_>, Vec<_>) =
        (tags.into_iter().collect(), people.collect::<BTreeSet<_>>().into_iter().collect());
    for n in 0..tags.len().max(people.len()).div_ceil(CHUNK) {
        let statement = cypher!("publishing/vocabulary_by_slugs")
            .bind("tagSlugs", part(&tags, n))
            .bind("personSlugs", part(&people, n));
        for row in transaction.run::<Vocabulary>(scope.bound(statement)).await? {
            found.tags.extend(row.tags.into_iter().map(|tag| (tag.slug, tag.id)));
            found.people.extend(row.people.into_iter().map(|person| (person.slug, person.id)));
        }
    }
    Ok(found)
}

async fn write(
    transaction: &mut Transaction,
    scope: &TenantScope<Editor>,
    planned: Vec<Planned>,
    import: &NewImport,
) -> Result<CatalogueImport, GraphError> {
    let all = planned.len();
    let (mut imported, mut written) = (CatalogueImport::default(), 0);
    for chunk in planned.chunks(CHUNK) {
        let mut drafts = Vec::new();
        let mut dropped: Vec<&LockedPage> = Vec::new();
        for Planned { id, before, document } in chunk {
            let was = before.as_ref().map(LockedPage::current);
            let changes = PageDocument::changes(was.as_ref(), Some(document));
            match before {
                None => imported.created += 1,
                Some(_) if changes.is_empty() => {
                    imported.unchanged += 1;
                    continue;
                }
                Some(page) => {
                    imported.changed += 1;
                    if page.draft.is_some() && page.live.as_ref() == Some(document) {
                        dropped.push(page);
                        continue;
                    }
                }
            }
            let event = if before.is_none() { EventType::PageCreated } else { EventType::PageEdited };
            let fields: Vec<_> = changes.iter().map(|change| change.field.as_str()).collect();
            let event = scope.request().event(event).about(id.to_string()).within(scope.id());
            drafts.push(edits::Draft { id: *id, document, event: event.with(&json!({"fields": fields})) });
        }
        if !import.rehearsal {
            make(transaction, scope, chunk.iter().filter(|page| page.before.is_none())).await?;
            edits::save(transaction, scope, drafts).await?;
            if !dropped.is_empty() {
                drop_drafts(transaction, scope, &dropped).await?;
            }
        }
        written += chunk.len();
        (import.progress)(written, all);
    }
    Ok(imported)
}

/// Makes pages that have no draft yet.
async fn make(
    transaction: &mut Transaction,
    scope: &TenantScope<Editor>,
    pages: impl Iterator<Item = &Planned>,
) -> Result<(), GraphError> {
    #[derive(Deserialize)]
    struct Row {}
    let pages = pages.map(|page| {
        map([
            ("id", page.id.to_string().into()),
            ("kind", page.id.kind().name().into()),
            ("slug", page.document.slug.as_str().into()),
        ])
    });
    let pages: Vec<BoltType> = pages.collect();
    if pages.is_empty() {
        return Ok(());
    }
    transaction.run::<Row>(scope.bound(cypher!("publishing/make_pages").bind("pages", pages))).await.map(drop)
}
