use std::collections::HashSet;

use async_graphql::resolver_utils::enum_value;
use async_graphql::{Context, ID, Object, SimpleObject};

use super::document::{PageId, PageKind};
use super::limits::TextLimits;
use super::page::Page;
use super::plan::PublishProblem;
use super::release::Release;
use super::revision::Revision;
use super::schedule::{Schedule, ScheduleState};
use super::store::{self, MAX_PAGES, Released, Wanted};
use super::{no_page, not_released};
use crate::error::{Error, Result};
use crate::id::TenantId;
use crate::pagination::{Column, Connection, Order, PageArguments, Position, SortValue};
use crate::scope::{AtLeast, Editor, Scope, TenantScope};

const PENDING: Order = Order { list: "pendingChanges", descending: true, columns: &[Column::Time, Column::Text] };
pub(super) const PAGES: Order = Order { list: "pages", descending: false, columns: &[Column::Text] };
const RELEASES: Order = Order { list: "releases", descending: true, columns: &[Column::Number] };
const SCHEDULES: Order = Order { list: "schedules", descending: false, columns: &[Column::Time, Column::Text] };
const REVISIONS: Order = Order { list: "revisions", descending: true, columns: &[Column::Time, Column::Text] };

/// What was edited in a tenant, and is not published yet.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(crate) struct PendingChanges {
    #[graphql(skip)]
    scope: TenantScope<Editor>,
    /// How many pages were edited.
    count: i32,
}

/// What would come of publishing.
#[derive(SimpleObject)]
pub(crate) struct PublishPreflight {
    /// How many pages would change for viewers.
    page_count: i32,
    /// Whether nothing keeps them from being published.
    ready: bool,
    /// What would be wrong; those that are not `blocking` are good to know.
    problems: Vec<PublishProblem>,
}

/// The root fields of the creators' desk.
#[derive(Default)]
pub struct PublishingQueries;

#[Object]
impl PublishingQueries {
    /// A franchise, a series or an episode as its editors have it. For editors, admins and owners of the tenant.
    async fn page(&self, ctx: &Context<'_>, #[graphql(desc = "The id of the page.")] id: ID) -> Result<Page> {
        let id = id.parse::<PageId>()?;
        let scope = scope_of(ctx.data_unchecked::<Scope>(), id).await?;
        page(&scope, id).await?.ok_or_else(no_page)
    }

    /// All pages of a kind, by their slugs, those that viewers do not see yet as well. For editors, admins and owners.
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the field")]
    async fn pages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The tenant; the one of the header X-Seeka-Tenant if nothing is said.")] tenant_id: Option<
            TenantId,
        >,
        #[graphql(desc = "The kind of pages.")] kind: PageKind,
        #[graphql(desc = "Whether to show those that were put away as well.", default)] archived: bool,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Page>> {
        let scope = TenantScope::<Editor>::of(ctx.data_unchecked::<Scope>(), tenant_id).await?;
        let arguments = PageArguments { first, after, last, before };
        let page = arguments.page(&PAGES)?;
        let listed = store::pages_of_kind(&scope, (kind, archived), &page).await?;
        let places = listed.into_iter().map(|listed| (listed.id, vec![SortValue::Text(listed.slug)]));
        let pages = self::pages(&scope, places.collect()).await?;
        Ok(page.connection(&PAGES, pages, |page| page.place.clone()))
    }

    /// What was edited, and viewers do not see yet: "edits made to 5 pages". For editors, admins and owners.
    async fn pending_changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The tenant; the one of the header X-Seeka-Tenant if nothing is said.")] tenant_id: Option<
            TenantId,
        >,
    ) -> Result<PendingChanges> {
        let scope = TenantScope::<Editor>::of(ctx.data_unchecked::<Scope>(), tenant_id).await?;
        Ok(PendingChanges { count: store::pending_count(&scope).await?, scope })
    }

    /// What would come of publishing, without doing it. For editors, admins and owners; not in a preview.
    async fn publish_preflight(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The tenant; the one of the header X-Seeka-Tenant if nothing is said.")] tenant_id: Option<
            TenantId,
        >,
        #[graphql(desc = "The pages, at most 1,000; all that were edited if nothing is said.")] ids: Option<Vec<ID>>,
    ) -> Result<PublishPreflight> {
        let scope = ctx.data_unchecked::<Scope>();
        scope.outside_of_previews()?;
        let scope = TenantScope::<Editor>::of(scope, tenant_id).await?;
        let wanted = match ids {
            Some(ids) => Wanted::Drafts(parsed(&ids)?),
            None => Wanted::AllDrafts,
        };
        let (count, problems) = match store::rehearse(&scope, wanted, None).await? {
            Ok(plan) => plan,
            Err(Released::Nothing) => (0, Vec::new()),
            Err(reason) => return Err(not_released(&reason)),
        };
        let ready = count > 0 && !problems.iter().any(|problem| problem.blocking);
        Ok(PublishPreflight { page_count: i32::try_from(count).unwrap_or(i32::MAX), ready, problems })
    }

    /// What will be published at a moment, what comes first coming first. For editors, admins and owners.
    #[expect(clippy::too_many_arguments, reason = "each is an argument of the field")]
    async fn schedules(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The tenant; the one of the header X-Seeka-Tenant if nothing is said.")] tenant_id: Option<
            TenantId,
        >,
        #[graphql(desc = "Only those that stand like this; those whose time has not come if nothing is said.")]
        states: Option<Vec<ScheduleState>>,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Schedule>> {
        let scope = TenantScope::<Editor>::of(ctx.data_unchecked::<Scope>(), tenant_id).await?;
        let page = PageArguments { first, after, last, before }.page(&SCHEDULES)?;
        let states: HashSet<_> = states.unwrap_or_else(|| vec![ScheduleState::Pending]).into_iter().collect();
        let states = states.into_iter().map(|state| enum_value(state).to_string()).collect();
        let schedules = store::schedules(&scope, states, &page).await?;
        let place = |schedule: &Schedule| vec![SortValue::Time(schedule.at.0), SortValue::text(&schedule.id)];
        Ok(page.connection(&SCHEDULES, schedules, place))
    }

    /// What was pushed to production, the newest first. For editors, admins and owners.
    async fn releases(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The tenant; the one of the header X-Seeka-Tenant if nothing is said.")] tenant_id: Option<
            TenantId,
        >,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Release>> {
        let scope = TenantScope::<Editor>::of(ctx.data_unchecked::<Scope>(), tenant_id).await?;
        let page = PageArguments { first, after, last, before }.page(&RELEASES)?;
        let releases = store::releases(&scope, &page).await?;
        Ok(page.connection(&RELEASES, releases, |release| vec![SortValue::Number(release.number.into())]))
    }
}

#[async_graphql::ComplexObject]
impl PendingChanges {
    /// The pages that were edited, the one that was changed last first, with what is different about each.
    async fn pages(
        &self,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Page>> {
        let page = PageArguments { first, after, last, before }.page(&PENDING)?;
        let pending = store::pending(&self.scope, &page).await?;
        let places = pending.into_iter().map(|pending| {
            (pending.id, vec![SortValue::Time(pending.changed_at.0), SortValue::text(&pending.revision_id)])
        });
        let pages = self::pages(&self.scope, places.collect()).await?;
        Ok(page.connection(&PENDING, pages, |page| page.place.clone()))
    }
}

/// Pages with their places in a list, in its order; those that went meanwhile are left out.
pub(super) async fn pages(scope: &TenantScope<Editor>, places: Vec<(PageId, Position)>) -> Result<Vec<Page>> {
    let ids: Vec<_> = places.iter().map(|(id, _)| *id).collect();
    let limits = limits(scope).await?;
    let mut records = store::pages(scope, &ids).await?;
    let found = |(id, place)| Some(Page::new(records.remove(&id)?, scope, limits).at(place));
    Ok(places.into_iter().filter_map(found).collect())
}

/// The versions of a page.
pub(super) async fn revisions(
    scope: &TenantScope<Editor>,
    id: PageId,
    arguments: &PageArguments,
) -> Result<Connection<Revision>> {
    let page = arguments.page(&REVISIONS)?;
    let revisions = store::revisions(scope, id, &page).await?;
    Ok(page.connection(&REVISIONS, revisions, |revision| {
        vec![SortValue::Time(revision.published_at.0), SortValue::text(&revision.id)]
    }))
}

/// How long the descriptions of a tenant's pages may be.
pub(super) async fn limits<R: AtLeast>(scope: &TenantScope<R>) -> Result<TextLimits> {
    Ok(store::text_limits(scope).await?.into())
}

/// A page as its editors see it.
pub(super) async fn page(scope: &TenantScope<Editor>, id: PageId) -> Result<Option<Page>> {
    let limits = limits(scope).await?;
    let record = store::pages(scope, &[id]).await?.remove(&id);
    Ok(record.map(|record| Page::new(record, scope, limits)))
}

/// The tenant of a page, if the viewer may edit there.
pub(super) async fn scope_of(scope: &Scope, id: PageId) -> Result<TenantScope<Editor>> {
    scope.viewer().signed_in()?;
    let tenant = store::tenant_of(scope, id).await?.ok_or_else(no_page)?;
    TenantScope::of(scope, Some(tenant)).await
}

/// The ids of pages.
pub(super) fn parsed(ids: &[ID]) -> Result<Vec<PageId>> {
    if ids.len() > MAX_PAGES {
        return Err(Error::BadUserInput(format!("at most {MAX_PAGES} pages at once")));
    }
    ids.iter().map(|id| id.parse()).collect()
}
