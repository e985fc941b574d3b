//! Events: what happened on the platform, each written in the transaction of the change.
//!
//! `(:Event {id, type, tenantId, subjectId, actorId, correlationId, causationId, at, payload})`. A statement that
//! writes takes its event as `$event` and creates it beside the change: `CREATE (e:Event) SET e = $event`. Those
//! of [`EventType`] are also the audit trail that owners and operators read: `viewer.securityEvents`, `auditEvents` and
//! `platformEvents`.
//!
//! An event that [functions](crate::functions) listen to is marked for them: `dueAt` and `functions` are there until it is
//! handed out. The marks are written with the event, so that none is forgotten that commits late.

mod queries;
mod store;
mod types;

use std::collections::HashMap;

use async_graphql::Enum;
use async_graphql::resolver_utils::EnumType;
use neo4rs::{BoltMap, BoltString, BoltType};
use serde::{Deserialize, Serialize};

pub use queries::EventsQueries;

pub(crate) use queries::of_viewer;
pub(crate) use types::{AuditEvent, SecurityEventFilter};

use crate::functions::registry;
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
    /// Somebody tried to sign in and gave a wrong password, or the address of no account, or came
    /// from an identity provider and was refused.
    SignInFailed,
    /// Somebody signed out: a session was ended by itself.
    SignedOut,
    /// Somebody ended all of their sessions.
    SignedOutEverywhere,
    /// Somebody ended one of their sessions from another.
    SessionRevoked,
    /// A refresh token came back that had been used long before, so somebody has a copy of it; the session was ended.
    SessionRevokedByReuse,
    /// Somebody got a role on the platform as a whole.
    PlatformRoleGranted,
    /// Somebody lost a role on the platform as a whole.
    PlatformRoleRevoked,
    /// Somebody made an access token for a program.
    AccessTokenCreated,
    /// Somebody ended an access token.
    AccessTokenRevoked,
    /// A tenant was made.
    TenantCreated,
    /// Somebody changed what a tenant says of itself.
    TenantUpdated,
    /// Somebody was invited into a tenant.
    MemberInvited,
    /// An invitation was taken back.
    InvitationRevoked,
    /// Somebody accepted an invitation, or has come back before their account was erased.
    MemberJoined,
    /// A member got another role.
    MemberRoleChanged,
    /// A member was removed, or has left. Where an account is being deleted, the payload has the reason: it is hidden
    /// at first (`ACCOUNT_HIDDEN`), and then erased (`ACCOUNT_ERASED`).
    MemberRemoved,
    /// A tenant got another owner.
    OwnershipTransferred,
    /// An operator suspended a tenant.
    TenantSuspended,
    /// An operator ended the suspension of a tenant, or opened it again.
    TenantReinstated,
    /// The only member of a tenant wants their account to be deleted, so the tenant is not there for viewers any more.
    TenantClosed,
    /// The owner of a tenant that was closed has come back in time.
    TenantReopened,
    /// A tenant wants to use a domain.
    DomainAdded,
    /// A tenant has proved that a domain is theirs.
    DomainVerified,
    /// A tenant gave a domain up.
    DomainRemoved,
    /// Another tenant has proved that a domain is theirs, so this one has it no longer.
    DomainLost,
    /// An operator changed what a tenant may hold.
    PlanChanged,
    /// A user can sign in with another identity provider.
    IdentityLinked,
    /// A user can no longer sign in with an identity provider.
    IdentityUnlinked,
    /// Somebody who is signed in gave a wrong password where it was asked for again.
    PasswordRefused,
    /// Somebody changed their password.
    PasswordChanged,
    /// Somebody asked for a new password, for the address of an account or of none.
    PasswordResetRequested,
    /// Somebody set a new password with the token of a mail.
    PasswordReset,
    /// An address was confirmed.
    EmailVerified,
    /// Somebody asked for another address.
    EmailChangeRequested,
    /// Another address took the place of that of an account.
    EmailChanged,
    /// Somebody changed what others see of them, their settings, their address, or who they are before the law.
    ProfileUpdated,
    /// Somebody began to follow something.
    Followed,
    /// Somebody follows something no longer.
    Unfollowed,
    /// A file of a tenant was uploaded and found to be good.
    AssetReady,
    /// A file of a tenant was deleted: by a member, or because nothing had used it for long.
    AssetDeleted,
    /// Somebody made a page: a franchise, a series, an episode. Nobody sees it before it is published.
    PageCreated,
    /// Somebody changed the draft of a page.
    PageEdited,
    /// Somebody threw away what was changed about a page.
    DraftDiscarded,
    /// Drafts were pushed to production.
    ReleasePublished,
    /// Pages were taken from viewers.
    PagesUnpublished,
    /// Production shows again what it showed before a release.
    ReleaseReverted,
    /// Somebody had pages published at a later moment.
    PublishScheduled,
    /// Somebody called off what was to be published at a later moment.
    ScheduleCancelled,
    /// What was to be published was published at its moment.
    ScheduleFired,
    /// What was to be published could not be, at its moment.
    ScheduleFailed,
    /// A tenant has set how long the descriptions of its pages may be.
    TextLimitsChanged,
    /// Somebody added a tag to the vocabulary.
    TagCreated,
    /// Somebody added a person who can be credited.
    PersonCreated,
    /// Somebody changed what is said of a person.
    PersonUpdated,
    /// Somebody said where renditions of a video are that were made elsewhere, or took that back.
    RenditionsAttached,
    /// Somebody asked a tenant, or the platform.
    TicketOpened,
    /// Somebody wrote in a ticket: an answer, or whoever has opened it.
    TicketAnswered,
    /// Somebody closed a ticket, opened it again, or said that it is answered.
    TicketStateChanged,
    /// A tenant asked for something to be featured.
    AnnouncementRequested,
    /// An operator decided whether something is featured.
    AnnouncementDecided,
    /// A tenant took back what it had asked to be featured.
    AnnouncementWithdrawn,
    /// Somebody took a copy of all that the platform holds on them.
    DataExported,
    /// Somebody wants their account to be deleted; it is hidden from now on.
    AccountDeletionRequested,
    /// Somebody came back in time, and keeps the account.
    AccountDeletionCancelled,
    /// An account is gone for good.
    AccountDeleted,
    /// An operator had a function attempted once more on an event that it was given up on.
    FunctionRetried,
    /// An operator wrote a draft of the home page of the platform.
    PlatformHomePageUpdated,
    /// An operator showed the draft of the home page of the platform to viewers.
    PlatformHomePagePublished,
}

impl EventType {
    /// All types, in the order of the schema.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::items().iter().map(|item| item.value)
    }

    /// The name that stands in the graph: that of the schema.
    #[must_use]
    pub fn name(self) -> String {
        async_graphql::resolver_utils::enum_value(self).to_string()
    }
}

/// The property that names the functions that an event waits for.
const MARK: &str = "functions";

/// Whether a parameter is an event that is marked for functions.
pub(crate) fn is_marked(parameter: &BoltType) -> bool {
    matches!(parameter, BoltType::Map(map) if map.value.contains_key(MARK) && map.value.contains_key("correlationId"))
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
            if let Some(token) = user.access_token() {
                properties.insert("accessTokenId", token.into());
            }
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

    /// Whoever is signed in has nothing to do with it: it is about an address that they may not know to have an account.
    #[must_use]
    pub fn by_nobody(mut self) -> Self {
        self.properties.remove("actorId");
        self.properties.remove("accessTokenId");
        self
    }

    /// Without a trace of who did it, for those who do not belong together with them.
    #[must_use]
    pub fn without_trace(mut self) -> Self {
        for personal in ["actorId", "accessTokenId", "address", "userAgent"] {
            self.properties.remove(personal);
        }
        self
    }

    /// In which tenant.
    #[must_use]
    pub fn within(mut self, tenant: impl Into<BoltType>) -> Self {
        self.properties.insert("tenantId", tenant.into());
        self
    }

    /// Because of another event.
    #[must_use]
    pub fn caused_by(mut self, event: EventId) -> Self {
        self.properties.insert("causationId", event.into());
        self
    }

    /// What else there is to know, as an object. Never a secret: what is called like one is left out.
    #[must_use]
    pub fn with(mut self, payload: &serde_json::Value) -> Self {
        let payload = without_secrets(payload);
        self.properties.insert("payload", payload.to_string().into());
        self
    }

    /// What happened.
    #[must_use]
    pub fn kind(&self) -> EventType {
        self.kind
    }
}

/// The payload without whatever is called like a secret, at any depth.
fn without_secrets(payload: &serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match payload {
        Value::Object(fields) => {
            let kept = fields.iter().filter(|(name, _)| {
                let secret = is_called_secret(name);
                if secret {
                    tracing::error!(name, "an event would have held a secret");
                }
                !secret
            });
            kept.map(|(name, value)| (name.clone(), without_secrets(value))).collect()
        }
        Value::Array(items) => items.iter().map(without_secrets).collect(),
        other => other.clone(),
    }
}

fn is_called_secret(name: &str) -> bool {
    let name = name.to_lowercase();
    name.ends_with("token") || ["password", "secret", "hash"].iter().any(|word| name.contains(word))
}

impl From<NewEvent> for BoltType {
    fn from(event: NewEvent) -> Self {
        let mut map = BoltMap::default();
        let listeners: Vec<BoltType> = registry::listeners(event.kind).map(Into::into).collect();
        if let Some(at) = event.properties.get("at").filter(|_| !listeners.is_empty()) {
            map.put(BoltString::from("dueAt"), at.clone());
            map.put(BoltString::from(MARK), listeners.into());
        }
        for (key, value) in event.properties {
            map.put(BoltString::from(key), value);
        }
        Self::Map(map)
    }
}

#[cfg(test)]
mod tests {
    use chrono::Utc;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_payload_holds_no_secret() {
        let payload = json!({
            "accessTokenId": "at_1", "refreshToken": "a", "newPassword": "b", "tokenHash": "c", "role": "OWNER",
            "by": [{"clientSecret": "d", "name": "e"}],
        });
        let kept = json!({"accessTokenId": "at_1", "role": "OWNER", "by": [{"name": "e"}]});
        assert_eq!(without_secrets(&payload), kept);
    }

    #[test]
    fn only_what_somebody_listens_to_is_marked() {
        let event = |kind| {
            let properties = [("at", Utc::now().into()), ("correlationId", "1".into())];
            NewEvent { kind, properties: properties.into_iter().collect() }
        };
        assert!(is_marked(&event(EventType::TenantSuspended).into()));
        let unmarked = BoltType::from(event(EventType::SignedIn));
        assert!(!is_marked(&unmarked));
        assert!(matches!(unmarked, BoltType::Map(map) if map.len() == 2));
    }

    #[test]
    fn every_type_has_the_name_of_the_schema() {
        for kind in EventType::all() {
            assert_eq!(serde_json::to_value(kind).ok(), Some(json!(kind.name())));
        }
        assert!(EventType::all().count() > 3);
    }
}
