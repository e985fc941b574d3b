//! What becomes of a catalogue file: which pages are new, which change, and what speaks against it.
//!
//! A page of the file is a page of the tenant if it has its type and its slug now. What the file does not say of such a
//! page stays as it is.

use std::collections::{HashMap, HashSet};

use async_graphql::SimpleObject;

use super::document::{PageCredit, PageDocument, PageId, PageKind};
use super::limits::TextLimits;
use super::store::LockedPage;
use crate::catalog::FranchiseType;
use crate::catalogue_files::{Catalogue, ImportErrorCode as Code, Page, Problems};
use crate::id::{PersonId, TagId};
use crate::time::Date;

/// What came of a catalogue file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, SimpleObject)]
pub struct CatalogueImport {
    /// How many pages are new.
    pub created: i32,
    /// How many pages were there, and have another draft now.
    pub changed: i32,
    /// How many pages are as they were.
    pub unchanged: i32,
}

/// The kind and the slug of a page.
pub(super) type Key = (PageKind, String);

/// What the graph has of what a file names.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The pages that have a slug, or had it.
    pub(super) pages: HashMap<Key, Vec<PageId>>,
    /// Those of them that are of the kinds and slugs of the file's own pages.
    pub(super) locked: HashMap<PageId, LockedPage>,
    pub(super) tags: HashMap<String, TagId>,
    pub(super) people: HashMap<String, PersonId>,
    pub(super) limits: Option<TextLimits>,
    /// How many pages the tenant's plan still has room for.
    pub(super) room: usize,
}

/// A page that is about to be written.
#[derive(Debug)]
pub(super) struct Planned {
    pub(super) id: PageId,
    /// What it was before; nothing for a page that is new.
    pub(super) before: Option<LockedPage>,
    pub(super) document: PageDocument,
}

/// The slugs that a file names, of its pages and of those above them.
pub(super) fn keys(pages: &[Page]) -> (HashSet<Key>, HashSet<Key>) {
    let own = pages.iter().map(|page| (page.kind, page.slug.clone())).collect();
    (own, pages.iter().filter_map(parent_of).collect())
}

fn parent_of(page: &Page) -> Option<Key> {
    Some((page.kind.parent()?, page.parent.clone()?))
}

/// The pages to write, in the order of the file; and all that speaks against it, of what is in the file and in the graph.
pub(super) fn plan(catalogue: &Catalogue, mut found: Found) -> (Vec<Planned>, Problems) {
    let mut problems = catalogue.problems.clone();
    let mut ids: HashMap<Key, PageId> = HashMap::new();
    let mut before: HashMap<PageId, LockedPage> = HashMap::new();
    let mut created = 0;
    for page in &catalogue.pages {
        let key = (page.kind, page.slug.clone());
        if page.slug.is_empty() || ids.contains_key(&key) {
            continue;
        }
        let has_it_now = |id: &&PageId| found.locked.get(id).is_some_and(|there| there.current().slug == page.slug);
        let there = found.pages.get(&key).map(Vec::as_slice).unwrap_or_default();
        let id = if let Some(id) = there.iter().find(has_it_now).copied() {
            before.extend(found.locked.remove_entry(&id));
            id
        } else {
            if !there.is_empty() {
                problems.note(page.line, Some("slug"), Code::Taken, "another page has it in production, or had it");
            }
            created += 1;
            if created == found.room + 1 {
                problems.note(page.line, None, Code::LimitReached, "the tenant's plan has no room for this page");
            }
            PageId::generate(page.kind)
        };
        ids.insert(key, id);
    }
    let mut planned = Vec::new();
    let mut positions: HashMap<PageId, i32> = HashMap::new();
    for page in &catalogue.pages {
        let Some(id) = ids.get(&(page.kind, page.slug.clone())).copied() else { continue };
        let before = before.remove(&id);
        let parent = parent_of(page).and_then(|key| {
            let there = ids.get(&key).or_else(|| found.pages.get(&key)?.first()).copied();
            if there.is_none() {
                let message = format!("there is no {} with this slug", key.0.name().to_lowercase());
                problems.note(page.line, Some("parent"), Code::MissingParent, message);
            }
            there
        });
        let mut document = before.as_ref().map_or_else(|| fresh(page), LockedPage::current);
        say(&mut document, page, (&found, parent), &mut problems);
        if let (PageKind::Series, Some(parent)) = (page.kind, parent) {
            let position = positions.entry(parent).or_default();
            *position += 1;
            document.position = document.position.or(Some(*position));
        }
        let was = before.as_ref().map(LockedPage::current);
        for error in found.limits.map(|limits| limits.exceeded(&document, was.as_ref())).into_iter().flatten() {
            let column = error.field.as_ref().and_then(|field| field.last()).cloned().unwrap_or_default();
            problems.note_user_error(page.line, &column, error);
        }
        planned.push(Planned { id, before, document });
    }
    (planned, problems.sorted())
}

/// What a new page says that the file does not.
fn fresh(page: &Page) -> PageDocument {
    let franchise_type = (page.kind == PageKind::Franchise).then_some(FranchiseType::Series);
    PageDocument { active: true, franchise_type, ..PageDocument::default() }
}

/// Puts what a file says onto a page.
fn say(document: &mut PageDocument, page: &Page, (found, parent): (&Found, Option<PageId>), problems: &mut Problems) {
    fn put<T: Clone>(place: &mut Option<T>, value: Option<&T>) {
        if let Some(value) = value {
            *place = Some(value.clone());
        }
    }
    document.slug.clone_from(&page.slug);
    document.title.clone_from(&page.title);
    put(&mut document.short_description, page.short_description.as_ref());
    put(&mut document.long_description, page.long_description.as_ref());
    put(&mut document.language, page.language.as_ref());
    put(&mut document.release_date, page.release_date.map(Date).as_ref());
    put(&mut document.season, page.season.as_ref());
    put(&mut document.number, page.number.as_ref());
    put(&mut document.duration_ms, page.duration_ms.as_ref());
    match parent {
        Some(PageId::Franchise(franchise)) => document.franchise_id = Some(franchise),
        Some(PageId::Series(series)) => document.series_id = Some(series),
        Some(_) | None => {}
    }
    if !page.links.is_empty() {
        document.links.clone_from(&page.links);
    }
    let mut missing = |column: &str, what: &str, slug: &str| {
        problems.note(page.line, Some(column), Code::NotFound, format!("there is no {what} with the slug {slug}"));
    };
    if !page.tags.is_empty() {
        document.tag_ids.clear();
        for slug in &page.tags {
            match found.tags.get(slug) {
                Some(id) => document.tag_ids.push(*id),
                None => missing("tags", "tag", slug),
            }
        }
        // As everywhere, they have no order.
        document.tag_ids.sort_unstable();
    }
    if !page.credits.is_empty() {
        document.credits.clear();
        for credit in &page.credits {
            match found.people.get(&credit.person) {
                Some(person) => document.credits.push(PageCredit {
                    person_id: *person,
                    role: credit.role,
                    character: credit.character.clone(),
                }),
                None => missing("credits", "person", &credit.person),
            }
        }
    }
}
