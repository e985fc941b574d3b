use std::time::Duration;

use async_graphql::{Context, InputObject, Object, SimpleObject};

use crate::assets;
use crate::catalogue_files::{ImportError, Problems};
use crate::error::{Error, Result};
use crate::id::{AssetId, TenantId};
use crate::mutation::{Outcome, Refused, UserError, UserErrorCode, told};
use crate::payload;
use crate::publishing::bulk::{self, CatalogueFormat, NotImported};
use crate::publishing::import::CatalogueImport;
use crate::scope::{Editor, Scope, TenantScope};
use crate::storage::Storage;
use crate::time::Timestamp;

/// How long an export can be downloaded.
const LIFETIME: Duration = Duration::from_hours(1);

/// A catalogue that shall become drafts.
#[derive(InputObject)]
struct ImportCatalogInput {
    /// The tenant; the one of the header X-Seeka-Tenant if nothing is said.
    tenant_id: Option<TenantId>,
    /// The file: an asset of the kind DATA that is ready.
    asset_id: AssetId,
    /// Whether it is only said what would come of it, and nothing is written.
    #[graphql(default)]
    dry_run: bool,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

/// The answer to `importCatalog`.
#[derive(SimpleObject)]
pub(crate) struct ImportCatalogPayload {
    /// What came of it.
    import: Option<CatalogueImport>,
    /// Everything that is wrong with the file, by line; at most 1,000 errors. With one of them, nothing is written.
    problems: Vec<ImportError>,
    /// What has to be mended; empty if it was done.
    user_errors: Vec<UserError>,
    /// The `clientMutationId` of the input.
    client_mutation_id: Option<String>,
}

/// A catalogue that shall become a file.
#[derive(InputObject)]
struct ExportCatalogInput {
    /// The tenant; the one of the header X-Seeka-Tenant if nothing is said.
    tenant_id: Option<TenantId>,
    /// What the file shall be.
    format: CatalogueFormat,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

/// A tenant's catalogue as a file.
#[derive(SimpleObject)]
pub(crate) struct CatalogueExport {
    /// An address that a browser saves the file from. The next export in this format takes the place of the file.
    url: String,
    /// Until when the address works.
    url_expires_at: Timestamp,
    /// How many pages the file has.
    pages: i32,
}

payload! {
    /// The answer to `exportCatalog`.
    ExportCatalogPayload {
        /// The file.
        export: CatalogueExport
    }
}

#[derive(Default)]
pub(super) struct BulkMutations;

#[Object]
impl BulkMutations {
    /// Makes drafts of all pages of a file, or of none if anything is wrong with it: a page is new, or has its type and its slug
    /// now. What the file does not say stays as it is, so the same file twice changes nothing more. `docs/import.md`
    /// describes the files. For editors, admins and owners.
    async fn import_catalog(&self, ctx: &Context<'_>, input: ImportCatalogInput) -> Result<ImportCatalogPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        let (outcome, problems): (Outcome<CatalogueImport>, _) = match Box::pin(import(ctx, input)).await {
            Ok(imported) => (Ok(imported), Problems::default()),
            Err(NotDone::Refused(refused)) => (Err(refused), Problems::default()),
            Err(NotDone::Wrong(problems)) => {
                let count = problems.errors.len() as u64 + problems.more;
                let message = format!("the file has {count} errors, so nothing was written");
                (Err(UserError::of("input.assetId", UserErrorCode::Invalid, message).into()), problems)
            }
        };
        let (import, user_errors) = told(outcome)?;
        Ok(ImportCatalogPayload { import, problems: problems.errors, user_errors, client_mutation_id })
    }

    /// Writes all pages of a tenant, as their editors have them, into a file that `importCatalog` takes; those that were put
    /// away are left out. For editors, admins and owners.
    async fn export_catalog(&self, ctx: &Context<'_>, input: ExportCatalogInput) -> Result<ExportCatalogPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        ExportCatalogPayload::of(Box::pin(export(ctx, &input)).await, client_mutation_id)
    }
}

/// Why a file was not imported.
enum NotDone {
    Refused(Refused),
    Wrong(Problems),
}

impl<E: Into<Refused>> From<E> for NotDone {
    fn from(refused: E) -> Self {
        Self::Refused(refused.into())
    }
}

async fn import(ctx: &Context<'_>, input: ImportCatalogInput) -> Result<CatalogueImport, NotDone> {
    let scope = TenantScope::<Editor>::of(ctx.data_unchecked::<Scope>(), input.tenant_id).await?;
    let storage = ctx.data_unchecked::<Storage>();
    let Some((content_type, file)) = assets::data_file(&scope, storage, input.asset_id).await? else {
        let message = "there is no such file that is ready";
        return Err(UserError::of("input.assetId", UserErrorCode::NotFound, message).into());
    };
    let Some(format) = CatalogueFormat::of(&content_type) else {
        let message = "a catalogue is a file of the kind DATA: CSV or JSON";
        return Err(UserError::of("input.assetId", UserErrorCode::WrongContentType, message).into());
    };
    match bulk::import(&scope, (format, file), input.dry_run, Box::new(|_, _| {})).await {
        Ok(imported) => Ok(imported),
        Err(NotImported::Refused(problems)) => Err(NotDone::Wrong(problems)),
        Err(NotImported::Failed(error)) => Err(error.into()),
    }
}

async fn export(ctx: &Context<'_>, input: &ExportCatalogInput) -> Outcome<CatalogueExport> {
    let scope = TenantScope::<Editor>::of(ctx.data_unchecked::<Scope>(), input.tenant_id).await?;
    let storage = ctx.data_unchecked::<Storage>();
    let (file, pages) = bulk::export(&scope, input.format).await?;
    // One for each format, so that what a tenant keeps there does not grow with how often it asks.
    let key = format!("exports/{}/catalogue.{}", scope.id(), input.format.extension());
    storage.put(&key, input.format.content_type(), file).await.map_err(Error::internal)?;
    let name = format!("{}.{}", scope.slug(), input.format.extension());
    let now = scope.request().now();
    let address = storage.download_url(&key, &name, now, LIFETIME).await.map_err(Error::internal)?;
    let pages = i32::try_from(pages).unwrap_or(i32::MAX);
    Ok(CatalogueExport { url: address.url, url_expires_at: Timestamp(now + LIFETIME), pages })
}
