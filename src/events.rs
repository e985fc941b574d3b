//! Events: what happened on the platform, each written in the transaction of the change.
//!
//! `(:Event {id, type, tenantId, subjectId, actorId, correlationId, causationId, at, payload})`. A statement that
//! writes takes its event as `$event` and creates it beside the change: `CREATE (e:Event) SET e = $event`. Those
//! of [`EventType`] are also the audit trail that owners and operators read.

use std::collections::HashMap;

use async_graphql::Enum;
use neo4rs::{BoltMap, BoltString, BoltType};
use serde::{Deserialize, Serialize};

use crate::id::EventId;
use crate::scope::Scope;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Enum)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EventType {
    /// An account was made.
    AccountRegistered,
    /// Somebody signed in.
    SignedIn,
    /// Somebody tried to sign in and gave a wrong password, or the address of no account.
    SignInFailed,
    /// Somebody changed what others see of them, or their settings.
    ProfileUpdated,
    /// Somebody began to follow something.
    Followed,
    /// Somebody follows something no longer.
    Unfollowed,
    /// Somebody took a copy of all that the platform holds on them.
    DataExported,
    /// Somebody wants their account to be deleted; it is hidden from now on.
    AccountDeletionRequested,
    /// Somebody came back in time, and keeps the account.
    AccountDeletionCancelled,
    /// An account is gone for good.
    AccountDeleted,
}

impl EventType {
    /// The name that stands in the graph: that of the schema.
    #[must_use]
    pub fn name(self) -> String {
        async_graphql::resolver_utils::enum_value(self).to_string()
    }
}

/// An event that is about to be written, with everything that the request says of it.
pub struct NewEvent {
    kind: EventType,
    properties: HashMap<&'static str, BoltType>,
}

impl Scope {
    /// An event of this request. What the statement finds out only while it runs (a subject, a tenant), it sets
    /// itself.
    #[must_use]
    pub fn event(&self, kind: EventType) -> NewEvent {
        let mut properties = HashMap::new();
        properties.insert("id", EventId::generate().into());
        properties.insert("type", kind.name().into());
        properties.insert("at", self.now().into());
        properties.insert("correlationId", self.correlation_id().into());
        if let Ok(user) = self.viewer().signed_in() {
            properties.insert("actorId", user.id.into());
        }
        let client = self.client();
        properties.insert("address", client.address.to_string().into());
        if let Some(agent) = &client.user_agent {
            properties.insert("userAgent", agent.as_str().into());
        }
        NewEvent { kind, properties }
    }
}

impl NewEvent {
    /// What it happened to.
    #[must_use]
    pub fn about(mut self, subject: impl Into<BoltType>) -> Self {
        self.properties.insert("subjectId", subject.into());
        self
    }

    /// Who did it, where that is not the viewer.
    #[must_use]
    pub fn by(mut self, actor: impl Into<BoltType>) -> Self {
        self.properties.insert("actorId", actor.into());
        self
    }

    /// In which tenant.
    #[must_use]
    pub fn within(mut self, tenant: impl Into<BoltType>) -> Self {
        self.properties.insert("tenantId", tenant.into());
        self
    }

    /// What else there is to know, as an object. Never a secret.
    #[must_use]
    pub fn with(mut self, payload: &serde_json::Value) -> Self {
        self.properties.insert("payload", payload.to_string().into());
        self
    }

    /// What happened.
    #[must_use]
    pub fn kind(&self) -> EventType {
        self.kind
    }
}

impl From<NewEvent> for BoltType {
    fn from(event: NewEvent) -> Self {
        let mut map = BoltMap::default();
        for (key, value) in event.properties {
            map.put(BoltString::from(key), value);
        }
        Self::Map(map)
    }
}
