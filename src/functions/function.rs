use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use serde::Deserialize;
use serde_json::Value;

use super::FunctionError;
use crate::auth::Viewer;
use crate::config::Config;
use crate::events::{EventType, NewEvent};
use crate::graph::{Graph, StatementLog};
use crate::id::{EventId, TenantId, UserId};
use crate::mail::Mailer;
use crate::scope::Scope;
use crate::storage::Storage;

/// The limit of one attempt, unless a function has its own.
const ATTEMPT_LIMIT: Duration = Duration::from_mins(5);
/// The limit of one statement of a function. Nobody waits for it.
const STATEMENT_LIMIT: Duration = Duration::from_mins(1);

/// What a function does with an event. It may be called again with the same event, also after it was done, so what it does
/// twice must come to the same; the id of the event says that it is the same.
pub(super) type Handler = fn(EventContext) -> BoxFuture<'static, Result<(), FunctionError>>;

/// Something that the platform does because of events.
#[derive(Clone, Copy)]
pub struct Function {
    /// Stands in the graph, in metrics and in logs, and never changes: what waits under the old name would wait forever.
    pub name: &'static str,
    /// The types of the events that it is called with.
    pub listens_to: &'static [EventType],
    pub(super) handler: Handler,
    pub(super) limit: Duration,
    pub(super) at_once: Option<usize>,
}

impl Function {
    /// A function with the usual limits.
    #[must_use]
    pub const fn new(name: &'static str, listens_to: &'static [EventType], handler: Handler) -> Self {
        Self { name, listens_to, handler, limit: ATTEMPT_LIMIT, at_once: None }
    }

    /// The same, with another limit of one attempt; what takes longer has failed.
    #[must_use]
    pub const fn limit(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }

    /// The same, for work that is heavy: on no more events at the same time, whatever the setting allows.
    #[must_use]
    pub const fn at_once(self, at_once: usize) -> Self {
        Self { at_once: Some(at_once), ..self }
    }
}

/// What functions work with.
#[derive(Clone)]
pub struct Services {
    /// The graph.
    pub graph: Graph,
    /// The files.
    pub storage: Storage,
    /// The way to people's mailboxes.
    pub mailer: Mailer,
    /// The settings of the server.
    pub config: Arc<Config>,
}

/// An event, as functions get it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// Identifies it.
    pub id: EventId,
    /// What happened.
    #[serde(rename = "type")]
    pub kind: EventType,
    /// When.
    pub at: DateTime<Utc>,
    /// In which tenant.
    pub tenant_id: Option<TenantId>,
    /// What it happened to.
    pub subject_id: Option<String>,
    /// Who did it.
    pub actor_id: Option<UserId>,
    /// Of the request that caused it.
    pub correlation_id: Option<String>,
    payload: Option<String>,
}

impl Event {
    /// What else there is to know, as an object; null if there is nothing.
    #[must_use]
    pub fn payload(&self) -> Value {
        self.payload.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }
}

/// An event with everything that a handler needs to work on it.
#[derive(Clone)]
pub struct EventContext {
    /// What happened.
    pub event: Event,
    /// What the function works with. Statements carry the correlation id of the event.
    pub services: Services,
    now: DateTime<Utc>,
}

impl EventContext {
    pub(super) fn new(event: Event, services: &Services) -> Self {
        let log = Arc::new(StatementLog::new(event.correlation_id.clone().unwrap_or_default()));
        let graph = services.graph.patient(STATEMENT_LIMIT).logging_to(log);
        Self { event, services: Services { graph, ..services.clone() }, now: Utc::now() }
    }

    /// The graph.
    #[must_use]
    pub fn graph(&self) -> &Graph {
        &self.services.graph
    }

    /// The scope of the platform itself, at the moment of the attempt.
    #[must_use]
    pub fn scope(&self) -> Scope {
        Scope::platform(self.services.graph.clone(), Viewer::Anonymous, self.now)
    }

    /// An event that is caused by this one, in the same tenant, and has the same correlation id.
    #[must_use]
    pub fn new_event(&self, kind: EventType) -> NewEvent {
        let event = self.scope().event(kind).without_trace().caused_by(self.event.id);
        match self.event.tenant_id {
            Some(tenant) => event.within(tenant),
            None => event,
        }
    }
}
