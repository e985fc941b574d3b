use serde_json::json;

use crate::events::{EventType, NewEvent};
use crate::graph::Statement;
use crate::id::UserId;
use crate::scope::Scope;

/// What a tenant is told of an account of a member; the statement knows which tenant.
pub(super) fn membership_event(scope: &Scope, kind: EventType, user: UserId, reason: &str) -> NewEvent {
    scope.event(kind).about(user).with(&json!({"reason": reason}))
}

/// What is written down where somebody comes back in time.
pub(in crate::accounts) struct BackEvents {
    /// Of the account itself.
    kept: NewEvent,
    /// In each of its tenants.
    joined: NewEvent,
    /// In those that were closed.
    reopened: NewEvent,
}

impl BackEvents {
    /// Of the account of `user`, who is about to sign in.
    pub(in crate::accounts) fn of(scope: &Scope, user: UserId) -> Self {
        Self {
            kept: scope.event(EventType::AccountDeletionCancelled).about(user).by(user),
            joined: membership_event(scope, EventType::MemberJoined, user, "ACCOUNT_KEPT").by(user),
            reopened: scope.event(EventType::TenantReopened).by(user),
        }
    }

    /// Binds them to a statement that signs in.
    pub(in crate::accounts) fn bind(self, statement: Statement) -> Statement {
        let statement = statement.bind("keptEvent", self.kept).bind("joinedEvent", self.joined);
        statement.bind("reopenedEvent", self.reopened)
    }
}
