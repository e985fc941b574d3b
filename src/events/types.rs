use std::collections::BTreeMap;

use async_graphql::{ComplexObject, Context, ID, InputObject, SimpleObject};
use serde::Deserialize;
use serde_json::Value;

use super::EventType;
use crate::accounts::{self, User};
use crate::error::Result;
use crate::id::{AccessTokenId, EventId, TenantId, UserId};
use crate::time::Timestamp;

/// Something that happened and matters for security: an entry of the audit trail. It is never changed.
#[derive(Debug, Clone, Deserialize, SimpleObject)]
#[graphql(complex)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuditEvent {
    /// Identifies the event.
    pub(crate) id: EventId,
    /// What happened.
    #[graphql(name = "type")]
    #[serde(rename = "type")]
    pub(super) kind: EventType,
    /// When it happened.
    pub(super) at: Timestamp,
    /// The id of who did it; null if nobody had signed in.
    actor_id: Option<UserId>,
    /// The id of what it happened to, such as an account.
    subject_id: Option<ID>,
    /// The id of the tenant that it belongs to; null if it belongs to none.
    tenant_id: Option<TenantId>,
    /// The access token that it was done with; null if somebody did it who had signed in.
    access_token_id: Option<AccessTokenId>,
    /// The network address that the request came from; null where that is nobody else's business: of what others did to
    /// an account, and of what operators did in a tenant.
    address: Option<String>,
    /// What the program that sent the request called itself; null where the address is.
    user_agent: Option<String>,
    /// Stands in the answer to the request that did it, and in the logs.
    correlation_id: Option<String>,
    #[graphql(skip)]
    payload: Option<String>,
}

/// A detail of an event.
#[derive(Debug, SimpleObject)]
struct AuditDetail {
    /// What it says, such as `role`.
    name: String,
    /// The value as text; a list or an object as JSON.
    value: String,
}

impl AuditEvent {
    /// Whether somebody else than `user` did it.
    pub(super) fn is_by_other_than(&self, user: UserId) -> bool {
        self.actor_id.is_some_and(|actor| actor != user)
    }

    /// Forgets where it was done from, and with what.
    pub(super) fn hide_origin(&mut self) {
        (self.address, self.user_agent, self.access_token_id, self.correlation_id) = (None, None, None, None);
    }
}

#[ComplexObject]
impl AuditEvent {
    /// Who did it; null if nobody had signed in, or the account is gone.
    async fn actor(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        accounts::user(ctx, self.actor_id).await
    }

    /// What else there is to know, by name; it depends on the type.
    async fn payload(&self) -> Vec<AuditDetail> {
        let payload =
            self.payload.as_deref().and_then(|text| serde_json::from_str::<BTreeMap<String, Value>>(text).ok());
        let text = |value| if let Value::String(text) = value { text } else { value.to_string() };
        payload.unwrap_or_default().into_iter().map(|(name, value)| AuditDetail { name, value: text(value) }).collect()
    }
}

/// Which events of an account are wanted: those that fit all that is said.
#[derive(Debug, Default, InputObject)]
pub(crate) struct SecurityEventFilter {
    /// Only what is of one of these types.
    pub(super) types: Option<Vec<EventType>>,
    /// Only what happened at this moment or later.
    pub(super) from: Option<Timestamp>,
    /// Only what happened before this moment.
    pub(super) to: Option<Timestamp>,
}

/// Which events are wanted: those that fit all that is said.
#[derive(Debug, Default, InputObject)]
pub(crate) struct AuditEventFilter {
    /// Only what is of one of these types.
    pub(super) types: Option<Vec<EventType>>,
    /// Only what happened at this moment or later.
    pub(super) from: Option<Timestamp>,
    /// Only what happened before this moment.
    pub(super) to: Option<Timestamp>,
    /// Only what this user did.
    pub(super) actor_id: Option<UserId>,
    /// Only what happened to this, such as the account of a member.
    pub(super) subject_id: Option<ID>,
}
