//! The statements of `cypher/events/` that read, and their rows.

use std::collections::HashSet;

use async_graphql::ID;
use neo4rs::BoltType;
use serde::Deserialize;

use super::EventType;
use super::types::AuditEvent;
use crate::cypher;
use crate::error::Result;
use crate::graph::{Statement, map};
use crate::id::{TenantId, UserId};
use crate::pagination::Page;
use crate::scope::{Admin, Scope, TenantScope, or_null};

/// A part of the audit trail. It is made from what the viewer may see, and can only become narrower.
pub(super) struct Trail {
    kind: Kind,
    tenant: Option<TenantId>,
    subject: Option<String>,
    actor: Option<UserId>,
}

/// Whose trail it is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Account,
    Tenant,
    Platform,
}

impl Trail {
    /// What happened in a tenant.
    pub(super) fn of_tenant(tenant: &TenantScope<Admin>) -> Self {
        Self { kind: Kind::Tenant, tenant: Some(tenant.id()), subject: None, actor: None }
    }

    /// What happened to the account of a user.
    pub(super) fn of_account(user: UserId) -> Self {
        Self { kind: Kind::Account, tenant: None, subject: Some(user.to_string()), actor: None }
    }

    /// What happened anywhere, or in one tenant.
    pub(super) fn of_platform(tenant: Option<TenantId>) -> Self {
        Self { kind: Kind::Platform, tenant, subject: None, actor: None }
    }

    /// The part of it that is about `subject` and was done by `actor`, where they are given.
    pub(super) fn narrowed(self, subject: Option<ID>, actor: Option<UserId>) -> Self {
        Self { subject: self.subject.or(subject.map(|id| id.0)), actor: self.actor.or(actor), ..self }
    }

    /// Whether the trail holds events of a type: who follows an account is no matter of its security.
    fn holds(&self, kind: EventType) -> bool {
        self.kind != Kind::Account || !matches!(kind, EventType::Followed | EventType::Unfollowed)
    }

    /// Whether those who read the trail may see where an event was done from.
    pub(super) fn shows_origin(&self, event: &AuditEvent, viewer: UserId) -> bool {
        let is_by_operator =
            matches!(event.kind, EventType::TenantSuspended | EventType::TenantReinstated | EventType::PlanChanged);
        match self.kind {
            Kind::Account => !event.is_by_other_than(viewer),
            Kind::Tenant => !is_by_operator || !event.is_by_other_than(viewer),
            Kind::Platform => true,
        }
    }

    /// Each of them reads the index that begins with what is given, so that nothing else is looked at. (Of what is
    /// about a subject, the actor is looked for among what happened to it.)
    fn statement(&self) -> Statement {
        match (self.tenant, &self.subject, self.actor) {
            (None, None, None) => cypher!("events/of_platform"),
            (None, Some(_), _) => cypher!("events/by_subject"),
            (None, None, Some(_)) => cypher!("events/by_actor"),
            (Some(_), None, None) => cypher!("events/of_tenant"),
            (Some(_), Some(_), _) => cypher!("events/of_tenant_by_subject"),
            (Some(_), None, Some(_)) => cypher!("events/of_tenant_by_actor"),
        }
    }
}

/// A page of a part of the trail. Every type is a list of its own in the graph, and the page is merged from them: it
/// costs as much as its types, however many events of other types there are.
pub(super) async fn events(
    scope: &Scope,
    trail: &Trail,
    types: Option<Vec<EventType>>,
    page: &Page,
) -> Result<Vec<AuditEvent>> {
    #[derive(Deserialize)]
    struct Row {
        items: Vec<AuditEvent>,
    }
    let types: HashSet<_> = types.map_or_else(|| EventType::all().collect(), |types| types.into_iter().collect());
    let types = types.into_iter().filter(|kind| trail.holds(*kind));
    let key = |kind: EventType| {
        map([
            ("tenantId", or_null(trail.tenant)),
            ("subjectId", or_null(trail.subject.as_deref())),
            ("actorId", or_null(trail.actor)),
            ("type", kind.name().into()),
            ("lower", page.lower()),
            ("upper", page.upper()),
        ])
    };
    let keys: Vec<BoltType> = types.map(key).collect();
    Ok(scope.read::<Row>(page.bind(trail.statement(), keys)).await?.pop().map(|row| row.items).unwrap_or_default())
}
