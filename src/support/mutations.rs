use std::ops::RangeInclusive;

use async_graphql::{Context, InputObject, Object};
use serde_json::json;

use super::queries::{by_id, no_ticket};
use super::store::{self, Changed, NewTicket, Opened};
use super::types::{Ticket, TicketState};
use crate::error::{Error, Result};
use crate::events::EventType;
use crate::graph::map;
use crate::id::{TenantId, TicketId, TicketMessageId};
use crate::mutation::{Checked, Outcome, UserError, UserErrorCode, creation_key};
use crate::payload;
use crate::scope::{Scope, or_null};
use crate::text;

/// The fewest and the most characters of what a ticket is about.
const SUBJECT: RangeInclusive<usize> = 1..=150;
/// The fewest and the most characters of a message.
const BODY: RangeInclusive<usize> = 1..=5_000;
/// The most tickets of one user that are not closed.
const MAX_OPEN: i64 = 20;
/// The most tickets that one user opens within a day: each is a mail to those who answer.
const MAX_DAILY: i64 = 40;
/// The most messages of a ticket.
const MAX_MESSAGES: i64 = 200;
/// What somebody reads who sees a ticket, and may not do more.
const ONLY_EDITORS: Error = Error::Forbidden("only editors, admins and owners of this tenant may do this");

/// A question.
#[derive(InputObject)]
struct OpenTicketInput {
    /// The tenant that is asked; the one of the header X-Seeka-Tenant if nothing is said, and without both, the platform.
    tenant_id: Option<TenantId>,
    /// What it is about, in a line of at most 150 characters. It stands in mails, too.
    subject: String,
    /// The question, of at most 5,000 characters.
    body: String,
    /// Comes back in the payload. The same one opens no second ticket: the first one is returned again.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `openTicket`.
    OpenTicketPayload {
        /// The ticket.
        ticket: Ticket
    }
}

/// What somebody adds to a ticket.
#[derive(InputObject)]
struct AnswerTicketInput {
    /// The id of the ticket.
    ticket_id: TicketId,
    /// What they say, in at most 5,000 characters.
    body: String,
    /// Comes back in the payload. The same one adds no second message.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `answerTicket`.
    AnswerTicketPayload {
        /// The ticket, as it is now.
        ticket: Ticket
    }
}

/// The state that a ticket shall have.
#[derive(InputObject)]
struct SetTicketStateInput {
    /// The id of the ticket.
    ticket_id: TicketId,
    /// The version that the change was made for.
    expected_version: i32,
    /// The state.
    state: TicketState,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `setTicketState`.
    SetTicketStatePayload {
        /// The ticket, as it is now.
        ticket: Ticket
    }
}

/// What people ask, and are answered.
#[derive(Default)]
pub struct SupportMutations;

#[Object]
impl SupportMutations {
    /// Asks a tenant, or the platform. Those who answer get a mail. At most 20 tickets of a user are not closed, and at
    /// most 40 are opened within a day.
    async fn open_ticket(&self, ctx: &Context<'_>, input: OpenTicketInput) -> Result<OpenTicketPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        OpenTicketPayload::of(open(ctx, input).await, client_mutation_id)
    }

    /// Adds a message to a ticket: for whoever has opened it; for editors, admins and owners of its tenant; and for operators
    /// where it is the platform's. An answer makes it `ANSWERED`, and whoever has opened it gets a mail; a message of theirs
    /// makes it `OPEN`. A ticket that is closed has to be opened again first.
    async fn answer_ticket(&self, ctx: &Context<'_>, input: AnswerTicketInput) -> Result<AnswerTicketPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        AnswerTicketPayload::of(answer(ctx, input).await, client_mutation_id)
    }

    /// Closes a ticket, opens it again, or says that it is answered; the last is for those who answer.
    async fn set_ticket_state(&self, ctx: &Context<'_>, input: SetTicketStateInput) -> Result<SetTicketStatePayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        SetTicketStatePayload::of(set_state(ctx, input).await, client_mutation_id)
    }
}

async fn open(ctx: &Context<'_>, input: OpenTicketInput) -> Outcome<Ticket> {
    let scope = ctx.data_unchecked::<Scope>();
    let viewer = scope.viewer().signed_in()?.id;
    let tenant = match (input.tenant_id, scope.confined_to().map(|tenant| tenant.id)) {
        (Some(named), Some(active)) if named != active => {
            let message = "`tenantId` and the header X-Seeka-Tenant name different tenants".to_owned();
            return Err(Error::BadUserInput(message).into());
        }
        (named, active) => named.or(active),
    };
    let mut checked = Checked::default();
    let subject = checked.value(text::line("input.subject", &input.subject, SUBJECT));
    let body = checked.value(text::paragraphs("input.body", &input.body, BODY));
    let key = checked.value(creation_key(viewer, input.client_mutation_id.as_deref()));
    checked.finish()?;
    let (id, now) = (TicketId::generate(), scope.now());
    let ticket = map([
        ("id", id.into()),
        ("tenantId", or_null(tenant)),
        ("desk", store::desk(tenant).into()),
        ("openerId", viewer.into()),
        ("subject", subject.into()),
        ("state", store::name(TicketState::Open).into()),
        ("createdAt", now.into()),
        ("updatedAt", now.into()),
        ("version", 1_i64.into()),
        ("creationKey", or_null(key.clone())),
    ]);
    let message = map([
        ("id", TicketMessageId::generate().into()),
        ("ticketId", id.into()),
        ("body", body.into()),
        ("bySupport", false.into()),
        ("createdAt", now.into()),
    ]);
    let event = scope.event(EventType::TicketOpened).about(id);
    let new = NewTicket { tenant, ticket, message, creation_key: key, max_open: MAX_OPEN, max_daily: MAX_DAILY, event };
    match store::open(scope, new).await? {
        (Opened::Now | Opened::Before, id) => Ok(by_id(scope, id).await?),
        (Opened::NoTenant, _) => Err(Error::NotFound("there is no such tenant".to_owned()).into()),
        (Opened::TooMany, _) => {
            let message = format!("at most {MAX_OPEN} tickets can be open, and {MAX_DAILY} be opened within a day");
            Err(UserError::general(UserErrorCode::LimitReached, message).into())
        }
    }
}

async fn answer(ctx: &Context<'_>, input: AnswerTicketInput) -> Outcome<Ticket> {
    let (scope, id) = (ctx.data_unchecked::<Scope>(), input.ticket_id);
    let viewer = scope.viewer().signed_in()?.id;
    // Who may not see the ticket learns nothing of it, whatever else is wrong.
    by_id(scope, id).await?;
    let mut checked = Checked::default();
    let body = checked.value(text::paragraphs("input.body", &input.body, BODY));
    let key = checked.value(creation_key(format!("{viewer}:{id}"), input.client_mutation_id.as_deref()));
    checked.finish()?;
    let message = map([
        ("id", TicketMessageId::generate().into()),
        ("ticketId", id.into()),
        ("body", body.into()),
        ("createdAt", scope.now().into()),
        ("creationKey", or_null(key.clone())),
    ]);
    let event = scope.event(EventType::TicketAnswered).about(id);
    let verdict = store::answer(scope, id, (message, key), MAX_MESSAGES, event).await?.ok_or_else(no_ticket)?;
    changed(scope, id, verdict, 0).await
}

async fn set_state(ctx: &Context<'_>, input: SetTicketStateInput) -> Outcome<Ticket> {
    let (scope, id) = (ctx.data_unchecked::<Scope>(), input.ticket_id);
    scope.viewer().signed_in()?;
    let event = scope.event(EventType::TicketStateChanged).about(id);
    let event = event.with(&json!({"state": store::name(input.state)}));
    let done = store::set_state(scope, id, input.state, input.expected_version, event).await?;
    let (verdict, version) = done.ok_or_else(no_ticket)?;
    changed(scope, id, verdict, version).await
}

async fn changed(scope: &Scope, id: TicketId, verdict: Changed, version: i32) -> Outcome<Ticket> {
    let refused = |field: &str, code, message: String| Err(UserError::of(field, code, message).into());
    match verdict {
        Changed::Done | Changed::DoneBefore => Ok(by_id(scope, id).await?),
        Changed::Forbidden => Err(ONLY_EDITORS.into()),
        Changed::Closed => refused(
            "input.ticketId",
            UserErrorCode::NotAllowed,
            "this ticket is closed; open it again first".to_owned(),
        ),
        Changed::Full => refused(
            "input.ticketId",
            UserErrorCode::LimitReached,
            format!("a ticket has at most {MAX_MESSAGES} messages"),
        ),
        Changed::Stale => Err(UserError::stale("the ticket", version).into()),
    }
}
