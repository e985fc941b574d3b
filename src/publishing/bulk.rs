//! A tenant's catalogue as one file: into drafts, and out of them.

use std::collections::{BTreeSet, HashMap};
use std::io::Cursor;

use async_graphql::Enum;
use chrono::Utc;
use clap::ValueEnum;

use super::document::{PageDocument, PageId, PageKind};
use super::import::CatalogueImport;
use super::queries::PAGES;
use super::store::{self, Imported, NewImport, Progress};
use crate::auth::Viewer;
use crate::catalogue_files::{self, Catalogue, Page, PageCredit, Problems};
use crate::error::{Error, Result};
use crate::graph::Graph;
use crate::id::TagId;
use crate::pagination::{PageArguments, SortValue};
use crate::scope::{Editor, Scope, TenantScope};

/// How many pages are read at a time.
const PAGE: i32 = 100;

/// The formats of catalogue files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum, ValueEnum)]
pub enum CatalogueFormat {
    /// A table: a row for each page, lists in cells.
    Csv,
    /// An array with an object for each page.
    Json,
}

impl CatalogueFormat {
    /// The media type of such files.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv",
            Self::Json => "application/json",
        }
    }

    /// How the names of such files end.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }

    /// The format of a media type.
    pub(super) fn of(content_type: &str) -> Option<Self> {
        [Self::Csv, Self::Json].into_iter().find(|format| format.content_type() == content_type)
    }
}

/// Why a catalogue was not imported.
#[derive(Debug)]
pub enum NotImported {
    /// Something is wrong with the file, so nothing was written.
    Refused(Problems),
    /// As everywhere.
    Failed(Error),
}

impl<E: Into<Error>> From<E> for NotImported {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// Makes drafts of all pages of a file, or of none.
pub(super) async fn import(
    scope: &TenantScope<Editor>,
    (format, file): (CatalogueFormat, Vec<u8>),
    rehearsal: bool,
    progress: Box<Progress>,
) -> Result<CatalogueImport, NotImported> {
    // Reading is work for a processor, and others wait for the threads that answer.
    let reading = tokio::task::spawn_blocking(move || read(format, file));
    let catalogue = reading.await.map_err(Error::internal)?;
    let import = NewImport { catalogue, rehearsal, progress };
    match store::import(scope, import).await.map_err(Error::from)? {
        Imported::Done(imported) => Ok(imported),
        Imported::Refused(problems) => Err(NotImported::Refused(problems)),
        Imported::NotAllowed => Err(crate::tenants::no_tenant().into()),
    }
}

fn read(format: CatalogueFormat, file: Vec<u8>) -> Catalogue {
    let file = Cursor::new(file);
    match format {
        CatalogueFormat::Csv => catalogue_files::read_csv(file),
        CatalogueFormat::Json => catalogue_files::read_json(file),
    }
}

/// All pages of a tenant but those that were put away, as a file, and how many they are: franchises first, then series, then
/// episodes.
pub(super) async fn export(scope: &TenantScope<Editor>, format: CatalogueFormat) -> Result<(Vec<u8>, usize)> {
    let mut documents = Vec::new();
    for kind in [PageKind::Franchise, PageKind::Series, PageKind::Episode] {
        documents.extend(documents_of(scope, kind).await?);
    }
    let tags: BTreeSet<TagId> = documents.iter().flat_map(|(_, page)| page.tag_ids.iter().copied()).collect();
    let people = documents.iter().flat_map(|(_, page)| page.credits.iter().map(|credit| credit.person_id));
    let names = store::names(scope, tags, people.collect()).await?;
    let slugs: HashMap<PageId, String> = documents.iter().map(|(id, page)| (*id, page.slug.clone())).collect();
    let mut pages: Vec<_> = documents
        .into_iter()
        .filter(|(_, page)| !page.archived)
        .map(|(id, page)| row(id, page, (&slugs, &names)))
        .collect();
    pages.sort_by(|(one, a), (other, b)| (a.kind, &a.parent, one, &a.slug).cmp(&(b.kind, &b.parent, other, &b.slug)));
    let (mut file, pages) = (Vec::new(), pages.into_iter().map(|(_, page)| page).collect::<Vec<_>>());
    match format {
        CatalogueFormat::Csv => catalogue_files::write_csv(&pages, &mut file),
        CatalogueFormat::Json => catalogue_files::write_json(&pages, &mut file),
    }
    .map_err(Error::internal)?;
    Ok((file, pages.len()))
}

/// All pages of a kind as their editors have them.
async fn documents_of(scope: &TenantScope<Editor>, kind: PageKind) -> Result<Vec<(PageId, PageDocument)>> {
    let (mut documents, mut after) = (Vec::new(), None);
    loop {
        let arguments = PageArguments { first: Some(PAGE), after, ..PageArguments::default() };
        let listed = store::pages_of_kind(scope, (kind, true), &arguments.page(&PAGES)?).await?;
        let Some(last) = listed.last() else { return Ok(documents) };
        after = Some(PAGES.encode(&vec![SortValue::Text(last.slug.clone())]));
        let ids: Vec<_> = listed.iter().map(|page| page.id).collect();
        let records = store::pages(scope, &ids).await?;
        documents
            .extend(records.into_values().map(|record| (record.id, record.draft.or(record.live).unwrap_or_default())));
    }
}

/// A row of a file, after its place among its siblings.
fn row(
    id: PageId,
    page: PageDocument,
    (slugs, names): (&HashMap<PageId, String>, &store::Names),
) -> ((Option<i32>, Option<i32>), Page) {
    let place = (page.season.or(page.position), page.number);
    let parent = page.parent().and_then(|parent| slugs.get(&parent).cloned());
    let credits = page.credits.into_iter().filter_map(|credit| {
        let person = names.people.get(&credit.person_id)?.clone();
        Some(PageCredit { person, role: credit.role, character: credit.character })
    });
    let row = Page {
        line: 0,
        kind: id.kind(),
        slug: page.slug,
        parent,
        title: page.title,
        short_description: page.short_description,
        long_description: page.long_description,
        language: page.language,
        release_date: page.release_date.map(|date| date.0),
        season: page.season,
        number: page.number,
        duration_ms: page.duration_ms,
        tags: page.tag_ids.iter().filter_map(|tag| names.tags.get(tag).cloned()).collect(),
        credits: credits.collect(),
        links: page.links,
    };
    (place, row)
}

/// Catalogues for somebody at the command line, who may do everything there.
pub struct Catalogues(TenantScope<Editor>);

impl Catalogues {
    /// The catalogue of the tenant with a slug.
    ///
    /// # Errors
    /// `NOT_FOUND` when there is none.
    pub async fn of(graph: &Graph, tenant: &str) -> Result<Self> {
        let scope = Scope::tenant(graph.clone(), Viewer::Anonymous, Utc::now(), tenant).await?;
        let id = scope.confined_to().map(|tenant| tenant.id).ok_or_else(crate::tenants::no_tenant)?;
        Ok(Self(TenantScope::of_server(Scope::of_server(graph, Utc::now()), id)))
    }

    /// Makes drafts of all pages of a file, or of none; in a rehearsal, of none. `progress` is told how many of how many
    /// pages are done.
    ///
    /// # Errors
    /// Everything that is wrong with the file; or when the graph does not answer.
    pub async fn import(
        &self,
        format: CatalogueFormat,
        file: Vec<u8>,
        rehearsal: bool,
        progress: impl Fn(usize, usize) + Send + Sync + 'static,
    ) -> Result<CatalogueImport, NotImported> {
        import(&self.0, (format, file), rehearsal, Box::new(progress)).await
    }

    /// All pages as a file.
    ///
    /// # Errors
    /// When the graph does not answer.
    pub async fn export(&self, format: CatalogueFormat) -> Result<Vec<u8>> {
        Ok(export(&self.0, format).await?.0)
    }
}
