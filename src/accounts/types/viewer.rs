use async_graphql::{ComplexObject, Context, Enum, SimpleObject};
use serde::{Deserialize, Serialize};

use super::{AccessToken, Address, Identity, LegalPerson, Session, User};
use crate::accounts::access_tokens;
use crate::accounts::loaders::{loaders, present_user};
use crate::auth::PlatformRole;
use crate::error::Result;
use crate::events::{self, AuditEvent, SecurityEventFilter};
use crate::id::UserId;
use crate::pagination::{Connection, PageArguments};
use crate::scope::Scope;
use crate::support::{self, Ticket};
use crate::tenants::{Membership, memberships};

/// The user who asks: what only they may see of their account.
#[derive(Debug, Clone, Deserialize, SimpleObject)]
#[graphql(complex)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Viewer {
    #[graphql(skip)]
    pub(crate) id: UserId,
    /// The address that mails go to.
    pub(crate) email: String,
    /// Whether the address has been confirmed.
    pub(crate) email_verified: bool,
    /// What they may do on the platform as a whole.
    pub(crate) roles: Vec<PlatformRole>,
    /// The language they want to be spoken to in, as a BCP 47 tag.
    pub(crate) locale: Option<String>,
    #[graphql(skip)]
    history_visibility: Option<HistoryVisibility>,
    /// Where they get parcels.
    pub(crate) address: Option<Address>,
    /// Who they are before the law, for what is paid out.
    pub(crate) legal_person: Option<LegalPerson>,
    /// The version of the profile; an edit takes it as `expectedVersion`.
    pub(crate) version: i32,
}

/// Who sees what somebody has watched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, Enum)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum HistoryVisibility {
    /// Nobody else.
    #[default]
    Private,
    /// Those who follow them.
    Followers,
    /// Everybody.
    Public,
}

#[ComplexObject]
impl Viewer {
    /// Who sees what they have watched; nobody else if they have not said.
    async fn history_visibility(&self) -> HistoryVisibility {
        self.history_visibility.unwrap_or_default()
    }

    /// What everybody sees of them.
    async fn user(&self, ctx: &Context<'_>) -> Result<User> {
        present_user(ctx, self.id).await
    }

    /// Where they are signed in, the newest session first.
    async fn sessions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Session>> {
        loaders(ctx).sessions_of_viewer(&PageArguments { first, after, last, before }).await
    }

    /// The tokens that programs sign in with in your name, newest first.
    async fn access_tokens(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<AccessToken>> {
        access_tokens::of_viewer(ctx, &PageArguments { first, after, last, before }).await
    }

    /// What happened to your account, newest first: who signed in, who tried to, what was changed.
    async fn security_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which of them; all if nothing is said.")] filter: Option<SecurityEventFilter>,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<AuditEvent>> {
        events::of_viewer(ctx, filter.unwrap_or_default(), &PageArguments { first, after, last, before }).await
    }

    /// The tenants that they belong to, those first that they joined first; suspended ones, too.
    async fn memberships(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Membership>> {
        memberships(ctx, &PageArguments { first, after, last, before }).await
    }

    /// The tickets that they have opened, newest first.
    async fn tickets(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Ticket>> {
        let arguments = PageArguments { first, after, last, before };
        support::of_viewer(ctx.data_unchecked::<Scope>(), &arguments).await
    }

    /// The identity providers with which they sign in, the oldest first; at most 20.
    async fn identities(&self, ctx: &Context<'_>) -> Result<Vec<Identity>> {
        loaders(ctx).identities(self.id).await
    }
}
