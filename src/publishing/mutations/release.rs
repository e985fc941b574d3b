use std::ops::RangeInclusive;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use crate::error::{Error, Result};
use crate::id::TenantId;
use crate::mutation::{Checked, Outcome, Refused, UserError, creation_key, told};
use crate::publishing::changeover::Changeovers;
use crate::publishing::plan::PublishProblem;
use crate::publishing::queries::parsed;
use crate::publishing::refusal;
use crate::publishing::release::Release;
use crate::publishing::store::{self, NewRelease, Released, Wanted};
use crate::scope::{Editor, Scope, TenantScope};
use crate::text;

/// The fewest and the most characters of a note.
const NOTE: RangeInclusive<usize> = 0..=500;

/// What shall be pushed to production.
#[derive(InputObject)]
struct PublishInput {
    /// The tenant; the one of the header X-Seeka-Tenant if nothing is said.
    tenant_id: Option<TenantId>,
    /// The pages, at most 1,000. Say either this or `all`.
    ids: Option<Vec<ID>>,
    /// Whether all that was edited is pushed.
    #[graphql(default)]
    all: bool,
    /// What there is to say about it, in at most 500 characters.
    note: Option<String>,
    /// Comes back in the payload. The same one makes no second release: the first one is returned again.
    client_mutation_id: Option<String>,
}

/// What shall be taken from viewers.
#[derive(InputObject)]
struct UnpublishInput {
    /// The tenant; the one of the header X-Seeka-Tenant if nothing is said.
    tenant_id: Option<TenantId>,
    /// The pages, at most 1,000.
    ids: Vec<ID>,
    /// What there is to say about it, in at most 500 characters.
    note: Option<String>,
    /// Comes back in the payload. The same one makes no second release: the first one is returned again.
    client_mutation_id: Option<String>,
}

/// What shall be undone.
#[derive(InputObject)]
struct RevertReleaseInput {
    /// The tenant; the one of the header X-Seeka-Tenant if nothing is said.
    tenant_id: Option<TenantId>,
    /// The number of the release.
    number: i32,
    /// What there is to say about it, in at most 500 characters.
    note: Option<String>,
    /// Comes back in the payload. The same one makes no second release: the first one is returned again.
    client_mutation_id: Option<String>,
}

/// The answer to a change of what viewers see.
#[derive(SimpleObject)]
pub(crate) struct ReleasePayload {
    /// What was done.
    release: Option<Release>,
    /// What is wrong with the pages, if that kept them from being published.
    problems: Vec<PublishProblem>,
    /// What has to be mended; empty if it was done.
    user_errors: Vec<UserError>,
    /// The `clientMutationId` of the input.
    client_mutation_id: Option<String>,
}

#[derive(Default)]
pub(super) struct ReleaseMutations;

#[Object]
impl ReleaseMutations {
    /// Pushes drafts to production: viewers see all of them at once, or none. For editors, admins and owners.
    async fn publish(&self, ctx: &Context<'_>, input: PublishInput) -> Result<ReleasePayload> {
        let (ids, all) = (input.ids, input.all);
        let wanted = || match (ids, all) {
            (Some(ids), false) => Ok(Wanted::Drafts(parsed(&ids)?)),
            (None, true) => Ok(Wanted::AllDrafts),
            _ => Err(Error::BadUserInput("say either `ids`, or `all: true`".to_owned())),
        };
        let key = input.client_mutation_id;
        ReleasePayload::of(Box::pin(release(ctx, input.tenant_id, wanted, (input.note, key.clone()))).await, key)
    }

    /// Takes pages from viewers. What they say stays as a draft. For editors, admins and owners.
    async fn unpublish(&self, ctx: &Context<'_>, input: UnpublishInput) -> Result<ReleasePayload> {
        let wanted = || Ok(Wanted::Unpublished(parsed(&input.ids)?));
        let key = input.client_mutation_id;
        ReleasePayload::of(Box::pin(release(ctx, input.tenant_id, wanted, (input.note, key.clone()))).await, key)
    }

    /// Brings back what production showed before a release, as a release of its own. It is refused if one of its pages has
    /// been released again since. Drafts stay as they are. For editors, admins and owners.
    async fn revert_release(&self, ctx: &Context<'_>, input: RevertReleaseInput) -> Result<ReleasePayload> {
        let wanted = || Ok(Wanted::Reverted(input.number.into()));
        let key = input.client_mutation_id;
        ReleasePayload::of(Box::pin(release(ctx, input.tenant_id, wanted, (input.note, key.clone()))).await, key)
    }
}

/// Why there is no release, or no schedule of one.
pub(super) struct NotReleased {
    pub(super) refused: Refused,
    /// What is wrong with the pages, if it is that.
    pub(super) problems: Vec<PublishProblem>,
}

impl<E: Into<Refused>> From<E> for NotReleased {
    fn from(refused: E) -> Self {
        Self { refused: refused.into(), problems: Vec::new() }
    }
}

impl NotReleased {
    pub(super) fn because(reason: Released) -> Self {
        let refused = refusal(&reason);
        let problems = if let Released::Blocked(problems) = reason { problems } else { Vec::new() };
        Self { refused, problems }
    }
}

impl ReleasePayload {
    fn of(outcome: Result<Release, NotReleased>, client_mutation_id: Option<String>) -> Result<Self> {
        let (outcome, problems): (Outcome<Release>, _) = match outcome {
            Ok(release) => (Ok(release), Vec::new()),
            Err(NotReleased { refused, problems }) => (Err(refused), problems),
        };
        let (release, user_errors) = told(outcome)?;
        Ok(Self { release, problems, user_errors, client_mutation_id })
    }
}

async fn release(
    ctx: &Context<'_>,
    tenant: Option<TenantId>,
    wanted: impl FnOnce() -> Result<Wanted>,
    (note, key): (Option<String>, Option<String>),
) -> Result<Release, NotReleased> {
    let scope = TenantScope::<Editor>::of(ctx.data_unchecked::<Scope>(), tenant).await?;
    let wanted = wanted()?;
    let viewer = scope.request().viewer().signed_in()?.id;
    let mut checked = Checked::default();
    let note = checked.value(self::note(note.as_deref()));
    let who = format!("{viewer}:{}:{}", scope.id(), wanted.name());
    let creation_key = checked.value(creation_key(who, key.as_deref()));
    checked.finish()?;
    // What cannot be released is not announced.
    let rehearsed = store::rehearse(&scope, wanted.clone(), creation_key.clone()).await.map_err(Error::from)?;
    let released = match rehearsed {
        Ok((_, problems)) if problems.iter().any(|problem| problem.blocking) => Released::Blocked(problems),
        Ok(_) => {
            let release = NewRelease { wanted, note, creation_key };
            ctx.data_unchecked::<Changeovers>().release(scope.clone(), release).await?
        }
        Err(reason) => reason,
    };
    match released {
        Released::Done(id) => {
            let gone = || Error::NotFound("there is no such release".to_owned());
            Ok(store::release_by_id(&scope, id).await?.ok_or_else(gone)?)
        }
        reason => Err(NotReleased::because(reason)),
    }
}

/// A note; nothing written is none.
pub(super) fn note(text: Option<&str>) -> Result<Option<String>, UserError> {
    let note = text.map(|text| text::paragraphs("input.note", text, NOTE)).transpose()?;
    Ok(note.filter(|note| !note.is_empty()))
}
