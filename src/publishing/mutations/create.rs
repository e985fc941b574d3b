use async_graphql::{Context, InputObject, MaybeUndefined, Object};

use super::payload::{EditPagePayload, NotEdited, edited};
use crate::catalog::FranchiseType;
use crate::error::Result;
use crate::id::{FranchiseId, SeriesId, TenantId};
use crate::mutation::{Checked, creation_key};
use crate::publishing::document::{PageDocument, PageId, PageKind};
use crate::publishing::fields::{PageChange, PageFieldsInput, PageInput, duration_ms, number};
use crate::publishing::page::Page;
use crate::publishing::store::{self, LockedPage, NewPage};
use crate::scope::{Editor, Scope, TenantScope};

/// A franchise that is wanted.
#[derive(InputObject)]
struct CreateFranchiseInput {
    /// The tenant; the one of the header X-Seeka-Tenant if nothing is said.
    tenant_id: Option<TenantId>,
    /// Its name in addresses: lower-case letters, digits, and single hyphens between them; at most 80.
    slug: String,
    /// Its title, of at most 200 characters.
    title: String,
    /// What it holds; series if nothing is said.
    #[graphql(name = "type")]
    franchise_type: Option<FranchiseType>,
    /// What else there is to say.
    fields: Option<PageFieldsInput>,
    /// Comes back in the payload. The same one makes no second page: the first one is returned again.
    client_mutation_id: Option<String>,
}

/// A series that is wanted.
#[derive(InputObject)]
struct CreateSeriesInput {
    /// The tenant; the one of the header X-Seeka-Tenant if nothing is said.
    tenant_id: Option<TenantId>,
    /// The franchise that it is part of.
    franchise_id: FranchiseId,
    /// Its place in the franchise, counted from 1; the first if nothing is said.
    position: Option<i32>,
    /// Its name in addresses: lower-case letters, digits, and single hyphens between them; at most 80.
    slug: String,
    /// Its title, of at most 200 characters.
    title: String,
    /// What else there is to say.
    fields: Option<PageFieldsInput>,
    /// Comes back in the payload. The same one makes no second page: the first one is returned again.
    client_mutation_id: Option<String>,
}

/// An episode that is wanted.
#[derive(InputObject)]
struct CreateEpisodeInput {
    /// The tenant; the one of the header X-Seeka-Tenant if nothing is said.
    tenant_id: Option<TenantId>,
    /// The series that it is part of.
    series_id: SeriesId,
    /// Its season, counted from 1.
    season: i32,
    /// Its number within the season, counted from 1.
    number: i32,
    /// How long it runs, in milliseconds.
    duration_ms: Option<i32>,
    /// Its name in addresses: lower-case letters, digits, and single hyphens between them; at most 80.
    slug: String,
    /// Its title, of at most 200 characters.
    title: String,
    /// What else there is to say.
    fields: Option<PageFieldsInput>,
    /// Comes back in the payload. The same one makes no second page: the first one is returned again.
    client_mutation_id: Option<String>,
}

#[derive(Default)]
pub(super) struct CreateMutations;

#[Object]
impl CreateMutations {
    /// Makes a franchise, as a draft that viewers do not see. For editors, admins and owners.
    async fn create_franchise(&self, ctx: &Context<'_>, input: CreateFranchiseInput) -> Result<EditPagePayload> {
        let key = input.client_mutation_id.clone();
        let common = PageInput { slug: Some(input.slug), title: Some(input.title), fields: input.fields };
        let own = |_: &mut Checked, change: &mut PageChange| {
            change.franchise_type = Some(input.franchise_type.unwrap_or(FranchiseType::Series));
        };
        EditPagePayload::of(
            Box::pin(create(ctx, PageKind::Franchise, input.tenant_id, (common, key.clone()), own)).await,
            key,
        )
    }

    /// Makes a series, as a draft that viewers do not see. For editors, admins and owners.
    async fn create_series(&self, ctx: &Context<'_>, input: CreateSeriesInput) -> Result<EditPagePayload> {
        let key = input.client_mutation_id.clone();
        let common = PageInput { slug: Some(input.slug), title: Some(input.title), fields: input.fields };
        let own = |checked: &mut Checked, change: &mut PageChange| {
            change.franchise_id = Some(input.franchise_id);
            change.position = Some(checked.value(number("input.position", input.position.unwrap_or(1))));
        };
        EditPagePayload::of(
            Box::pin(create(ctx, PageKind::Series, input.tenant_id, (common, key.clone()), own)).await,
            key,
        )
    }

    /// Makes an episode, as a draft that viewers do not see. For editors, admins and owners.
    async fn create_episode(&self, ctx: &Context<'_>, input: CreateEpisodeInput) -> Result<EditPagePayload> {
        let key = input.client_mutation_id.clone();
        let common = PageInput { slug: Some(input.slug), title: Some(input.title), fields: input.fields };
        let own = |checked: &mut Checked, change: &mut PageChange| {
            change.series_id = Some(input.series_id);
            change.season = Some(checked.value(number("input.season", input.season)));
            change.number = Some(checked.value(number("input.number", input.number)));
            let duration = input.duration_ms.map(|duration| duration_ms("input.durationMs", duration));
            change.duration_ms =
                checked.value(duration.transpose()).map_or(MaybeUndefined::Undefined, MaybeUndefined::Value);
        };
        EditPagePayload::of(
            Box::pin(create(ctx, PageKind::Episode, input.tenant_id, (common, key.clone()), own)).await,
            key,
        )
    }
}

pub(super) async fn create(
    ctx: &Context<'_>,
    kind: PageKind,
    tenant: Option<TenantId>,
    (common, key): (PageInput, Option<String>),
    own: impl FnOnce(&mut Checked, &mut PageChange),
) -> Result<Page, NotEdited> {
    let scope = TenantScope::<Editor>::of(ctx.data_unchecked::<Scope>(), tenant).await?;
    let mut checked = Checked::default();
    let mut change = PageChange::of(&mut checked, common);
    own(&mut checked, &mut change);
    let viewer = scope.request().viewer().signed_in()?.id;
    let creation_key = checked.value(creation_key(format!("{viewer}:{}:{kind:?}", scope.id()), key.as_deref()));
    checked.finish()?;
    let mut document = PageDocument { active: true, ..PageDocument::default() };
    change.apply(&mut document);
    let page = NewPage { id: PageId::generate(kind), document, creation_key };
    edited(&scope, store::create(&scope, page).await, LockedPage::current).await
}
