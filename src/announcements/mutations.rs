use std::ops::RangeInclusive;

use async_graphql::{Context, ID, InputObject, Object};
use serde_json::json;

use super::store::{self, Changed, Decision, MAX_PERIOD, Requested, no_announcement};
use super::types::{AnnouncementRequest, AnnouncementState};
use crate::catalog::NodeId;
use crate::error::{Error, Result};
use crate::events::EventType;
use crate::graph::map;
use crate::id::{AnnouncementId, TenantId};
use crate::mutation::{Checked, Outcome, UserError, UserErrorCode, creation_key};
use crate::payload;
use crate::scope::{Editor, Scope, TenantScope, or_null};
use crate::text;
use crate::time::Timestamp;

/// The fewest and the most characters of what is said about something.
const TEXT: RangeInclusive<usize> = 1..=200;
/// The fewest and the most characters of the reason of a decision.
const REASON: RangeInclusive<usize> = 1..=500;
/// The most requests of a tenant that wait for a decision.
const MAX_REQUESTS: i64 = 10;

/// Something that shall be featured.
#[derive(InputObject)]
struct RequestAnnouncementInput {
    /// The tenant; the one of the header X-Seeka-Tenant if nothing is said.
    tenant_id: Option<TenantId>,
    /// The id of a franchise, a series or an episode of the tenant that viewers see.
    content_id: ID,
    /// What shall be said about it, in at most 200 characters.
    text: String,
    /// From when on it shall be featured.
    from: Timestamp,
    /// Until when it shall be featured: at most 90 days later.
    until: Timestamp,
    /// Comes back in the payload. The same one makes no second request: the first one is returned again.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `requestAnnouncement`.
    RequestAnnouncementPayload {
        /// The request.
        request: AnnouncementRequest
    }
}

/// What an operator decides about a request.
#[derive(InputObject)]
struct DecideAnnouncementInput {
    /// The id of the announcement.
    id: AnnouncementId,
    /// The version that the decision was made for.
    expected_version: i32,
    /// Whether it is featured.
    grant: bool,
    /// From when on, if not from when the tenant has asked for.
    from: Option<Timestamp>,
    /// Until when, if not as the tenant has asked for; at most 90 days later.
    until: Option<Timestamp>,
    /// Why, in at most 500 characters; the members of the tenant read it.
    reason: Option<String>,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `decideAnnouncement`.
    DecideAnnouncementPayload {
        /// The request, as it is now.
        request: AnnouncementRequest
    }
}

/// A request that is taken back.
#[derive(InputObject)]
struct WithdrawAnnouncementInput {
    /// The tenant; the one of the header X-Seeka-Tenant if nothing is said.
    tenant_id: Option<TenantId>,
    /// The id of the announcement.
    id: AnnouncementId,
    /// The version that the change was made for.
    expected_version: i32,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `withdrawAnnouncement`.
    WithdrawAnnouncementPayload {
        /// The request, as it is now.
        request: AnnouncementRequest
    }
}

/// What is done about announcements.
#[derive(Default)]
pub struct AnnouncementsMutations;

#[Object]
impl AnnouncementsMutations {
    /// Asks for something that viewers see to be featured for a while. At most ten requests of a tenant wait for a decision.
    /// For editors, admins and owners.
    async fn request_announcement(
        &self,
        ctx: &Context<'_>,
        input: RequestAnnouncementInput,
    ) -> Result<RequestAnnouncementPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        RequestAnnouncementPayload::of(request(ctx, input).await, client_mutation_id)
    }

    /// Grants or refuses a request, or decides otherwise than before. For operators of the platform.
    async fn decide_announcement(
        &self,
        ctx: &Context<'_>,
        input: DecideAnnouncementInput,
    ) -> Result<DecideAnnouncementPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        DecideAnnouncementPayload::of(decide(ctx, input).await, client_mutation_id)
    }

    /// Takes a request back, whatever was decided: it is not featured any more. For editors, admins and owners.
    async fn withdraw_announcement(
        &self,
        ctx: &Context<'_>,
        input: WithdrawAnnouncementInput,
    ) -> Result<WithdrawAnnouncementPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        WithdrawAnnouncementPayload::of(withdraw(ctx, input).await, client_mutation_id)
    }
}

async fn request(ctx: &Context<'_>, input: RequestAnnouncementInput) -> Outcome<AnnouncementRequest> {
    let scope = TenantScope::<Editor>::of(ctx.data_unchecked::<Scope>(), input.tenant_id).await?;
    let now = scope.request().now();
    let content: NodeId = input.content_id.parse()?;
    if !matches!(content, NodeId::Franchise(_) | NodeId::Series(_) | NodeId::Episode(_)) {
        let message = "a franchise, a series or an episode is announced".to_owned();
        return Err(Error::BadUserInput(message).into());
    }
    let mut checked = Checked::default();
    let said = checked.value(text::line("input.text", &input.text, TEXT));
    let (from, until) = (input.from.0, input.until.0);
    let wrong = |message: &str| Err(UserError::of("input.until", UserErrorCode::Invalid, message));
    checked.value(match () {
        () if until <= now => wrong("this is over already"),
        () if until <= from => wrong("it ends before it begins"),
        () if until - from > MAX_PERIOD => wrong("it lasts at most 90 days"),
        () => Ok(()),
    });
    let viewer = scope.request().viewer().signed_in()?.id;
    let who = format!("announcement:{viewer}:{}", scope.id());
    let key = checked.value(creation_key(who, input.client_mutation_id.as_deref()));
    checked.finish()?;
    let id = AnnouncementId::generate();
    let announcement = map([
        ("id", id.into()),
        ("tenantId", scope.id().into()),
        ("contentId", content.to_string().into()),
        ("text", said.into()),
        ("from", from.into()),
        ("until", until.into()),
        ("state", store::name(AnnouncementState::Requested).into()),
        ("createdAt", now.into()),
        ("updatedAt", now.into()),
        ("version", 1_i64.into()),
        ("creationKey", or_null(key.clone())),
    ]);
    let event = scope.request().event(EventType::AnnouncementRequested).about(id).within(scope.id());
    let event = event.with(&json!({"contentId": content.to_string()}));
    let done = store::request(&scope, &content.to_string(), (announcement, key), MAX_REQUESTS, event).await?;
    let refused = |field: &str, code, message: String| Err(UserError::of(field, code, message).into());
    match done.ok_or_else(no_announcement)? {
        (Requested::Now | Requested::Before, id) => Ok(store::by_id(scope.request(), id).await?),
        (Requested::NoContent, _) => {
            let message = "this tenant has no such thing that viewers see".to_owned();
            refused("input.contentId", UserErrorCode::NotFound, message)
        }
        (Requested::TooMany, _) => {
            let message = format!("at most {MAX_REQUESTS} requests of a tenant can wait for a decision");
            Err(UserError::general(UserErrorCode::LimitReached, message).into())
        }
    }
}

async fn decide(ctx: &Context<'_>, input: DecideAnnouncementInput) -> Outcome<AnnouncementRequest> {
    let scope = ctx.data_unchecked::<Scope>();
    scope.viewer().operator()?;
    let reason = input.reason.map(|reason| text::paragraphs("input.reason", &reason, REASON)).transpose()?;
    let state = if input.grant { AnnouncementState::Granted } else { AnnouncementState::Refused };
    let event = scope.event(EventType::AnnouncementDecided).about(input.id);
    let event = event.with(&json!({"state": store::name(state)}));
    let (from, until) = (input.from.map(|at| at.0), input.until.map(|at| at.0));
    let decision = Decision { state, from, until, reason };
    let done = store::decide(scope, input.id, input.expected_version, decision, event).await?;
    changed(scope, input.id, done.ok_or_else(no_announcement)?).await
}

async fn withdraw(ctx: &Context<'_>, input: WithdrawAnnouncementInput) -> Outcome<AnnouncementRequest> {
    let scope = TenantScope::<Editor>::of(ctx.data_unchecked::<Scope>(), input.tenant_id).await?;
    let event = scope.request().event(EventType::AnnouncementWithdrawn).about(input.id).within(scope.id());
    let done = store::withdraw(&scope, input.id, input.expected_version, event).await?;
    changed(scope.request(), input.id, done.ok_or_else(no_announcement)?).await
}

async fn changed(
    scope: &Scope,
    id: AnnouncementId,
    (verdict, version): (Changed, i32),
) -> Outcome<AnnouncementRequest> {
    let refused = |field: &str, code, message: &str| Err(UserError::of(field, code, message).into());
    match verdict {
        Changed::Done => Ok(store::by_id(scope, id).await?),
        Changed::Withdrawn => refused("input.id", UserErrorCode::NotAllowed, "the tenant has taken it back"),
        Changed::NoPeriod => {
            let message = "it has to end after it begins, at most 90 days later";
            refused("input.until", UserErrorCode::Invalid, message)
        }
        Changed::Stale => Err(UserError::stale("it", version).into()),
    }
}
