use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};

use super::payload::{EditPagePayload, NotEdited, edited};
use crate::catalog::FranchiseType;
use crate::error::Result;
use crate::id::{EpisodeId, FranchiseId, SeriesId};
use crate::mutation::Checked;
use crate::publishing::document::PageId;
use crate::publishing::fields::{PageChange, PageFieldsInput, PageInput, duration_ms, number};
use crate::publishing::page::Page;
use crate::publishing::queries::scope_of;
use crate::publishing::store::{self, LockedPage};
use crate::scope::Scope;

/// What shall be different about a franchise. What is left out stays.
#[derive(InputObject)]
struct UpdateFranchiseInput {
    /// The franchise.
    id: FranchiseId,
    /// The version that the change was made for.
    expected_version: i32,
    /// Its name in addresses; what leads to the old one leads to the new one afterwards.
    slug: Option<String>,
    /// Its title, of at most 200 characters.
    title: Option<String>,
    /// What it holds.
    #[graphql(name = "type")]
    franchise_type: Option<FranchiseType>,
    /// What else shall be different.
    fields: Option<PageFieldsInput>,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

/// What shall be different about a series. What is left out stays.
#[derive(InputObject)]
struct UpdateSeriesInput {
    /// The series.
    id: SeriesId,
    /// The version that the change was made for.
    expected_version: i32,
    /// The franchise that it moves to.
    franchise_id: Option<FranchiseId>,
    /// Its place in the franchise, counted from 1.
    position: Option<i32>,
    /// Its name in addresses; what leads to the old one leads to the new one afterwards.
    slug: Option<String>,
    /// Its title, of at most 200 characters.
    title: Option<String>,
    /// What else shall be different.
    fields: Option<PageFieldsInput>,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

/// What shall be different about an episode. What is left out stays.
#[derive(InputObject)]
struct UpdateEpisodeInput {
    /// The episode.
    id: EpisodeId,
    /// The version that the change was made for.
    expected_version: i32,
    /// The series that it moves to.
    series_id: Option<SeriesId>,
    /// Its season, counted from 1.
    season: Option<i32>,
    /// Its number within the season, counted from 1.
    number: Option<i32>,
    /// How long it runs, in milliseconds. Null takes it away.
    duration_ms: MaybeUndefined<i32>,
    /// Its name in addresses; what leads to the old one leads to the new one afterwards.
    slug: Option<String>,
    /// Its title, of at most 200 characters.
    title: Option<String>,
    /// What else shall be different.
    fields: Option<PageFieldsInput>,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

/// A page that is put away, or taken out again.
#[derive(InputObject)]
struct ArchivePageInput {
    /// The page.
    id: ID,
    /// The version that the change was made for.
    expected_version: i32,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

#[derive(Default)]
pub(super) struct UpdateMutations;

#[Object]
impl UpdateMutations {
    /// Changes the draft of a franchise; viewers see it when it is published. For editors, admins and owners.
    async fn update_franchise(&self, ctx: &Context<'_>, input: UpdateFranchiseInput) -> Result<EditPagePayload> {
        let own = |_: &mut Checked, change: &mut PageChange| change.franchise_type = input.franchise_type;
        let common = PageInput { slug: input.slug, title: input.title, fields: input.fields };
        let wanted = (PageId::Franchise(input.id), input.expected_version, common);
        EditPagePayload::of(Box::pin(update(ctx, wanted, own)).await, input.client_mutation_id)
    }

    /// Changes the draft of a series, or moves it; viewers see it when it is published. For editors, admins and owners.
    async fn update_series(&self, ctx: &Context<'_>, input: UpdateSeriesInput) -> Result<EditPagePayload> {
        let own = |checked: &mut Checked, change: &mut PageChange| {
            change.franchise_id = input.franchise_id;
            let position = input.position.map(|position| number("input.position", position));
            change.position = checked.value(position.transpose());
        };
        let common = PageInput { slug: input.slug, title: input.title, fields: input.fields };
        let wanted = (PageId::Series(input.id), input.expected_version, common);
        EditPagePayload::of(Box::pin(update(ctx, wanted, own)).await, input.client_mutation_id)
    }

    /// Changes the draft of an episode, or moves it; viewers see it when it is published. For editors, admins and owners.
    async fn update_episode(&self, ctx: &Context<'_>, input: UpdateEpisodeInput) -> Result<EditPagePayload> {
        let own = |checked: &mut Checked, change: &mut PageChange| {
            change.series_id = input.series_id;
            change.season = checked.value(input.season.map(|season| number("input.season", season)).transpose());
            change.number = checked.value(input.number.map(|n| number("input.number", n)).transpose());
            change.duration_ms =
                input.duration_ms.map_value(|duration| checked.value(duration_ms("input.durationMs", duration)));
        };
        let common = PageInput { slug: input.slug, title: input.title, fields: input.fields };
        let wanted = (PageId::Episode(input.id), input.expected_version, common);
        EditPagePayload::of(Box::pin(update(ctx, wanted, own)).await, input.client_mutation_id)
    }

    /// Puts a page away: lists leave it out, and when it is published, viewers do not see it any more. For editors, admins and
    /// owners.
    async fn archive_page(&self, ctx: &Context<'_>, input: ArchivePageInput) -> Result<EditPagePayload> {
        EditPagePayload::of(Box::pin(set_archived(ctx, &input, true)).await, input.client_mutation_id)
    }

    /// Takes out again a page that was put away; viewers see it when it is published. For editors, admins and owners.
    async fn restore_page(&self, ctx: &Context<'_>, input: ArchivePageInput) -> Result<EditPagePayload> {
        EditPagePayload::of(Box::pin(set_archived(ctx, &input, false)).await, input.client_mutation_id)
    }
}

pub(super) async fn update(
    ctx: &Context<'_>,
    (id, version, common): (PageId, i32, PageInput),
    own: impl FnOnce(&mut Checked, &mut PageChange),
) -> Result<Page, NotEdited> {
    let mut checked = Checked::default();
    let mut change = PageChange::of(&mut checked, common);
    own(&mut checked, &mut change);
    edit(ctx, (id, version), checked, change).await
}

async fn set_archived(ctx: &Context<'_>, input: &ArchivePageInput, archived: bool) -> Result<Page, NotEdited> {
    let change = PageChange { archived: Some(archived), ..PageChange::default() };
    edit(ctx, (input.id.parse()?, input.expected_version), Checked::default(), change).await
}

async fn edit(
    ctx: &Context<'_>,
    (id, version): (PageId, i32),
    checked: Checked,
    change: PageChange,
) -> Result<Page, NotEdited> {
    let scope = scope_of(ctx.data_unchecked::<Scope>(), id).await?;
    checked.finish()?;
    let outcome = store::edit(&scope, id, version, change.clone()).await;
    let wanted = |page: &LockedPage| {
        let mut document = page.current();
        change.apply(&mut document);
        document
    };
    edited(&scope, outcome, wanted).await
}
