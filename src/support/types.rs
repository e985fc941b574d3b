use async_graphql::{ComplexObject, Context, Enum, SimpleObject};
use serde::Deserialize;

use super::loaders;
use crate::accounts::{self, User};
use crate::catalog::{CatalogLoaders, Node, NodeId, Tenant};
use crate::error::Result;
use crate::id::{TenantId, TicketId, TicketMessageId, UserId};
use crate::pagination::{Connection, PageArguments};
use crate::time::Timestamp;

/// Whose turn it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Enum)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum TicketState {
    /// It waits for an answer.
    Open,
    /// It was answered, and waits for whoever has opened it.
    Answered,
    /// Nobody has anything to add.
    Closed,
}

impl TicketState {
    /// All states.
    pub(super) const ALL: [Self; 3] = [Self::Open, Self::Answered, Self::Closed];
}

/// A question to a tenant or to the platform, and what came of it. Nobody sees it but whoever has opened it and those who
/// answer.
#[derive(Debug, Clone, Deserialize, SimpleObject)]
#[graphql(complex)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Ticket {
    /// Identifies the ticket.
    pub(super) id: TicketId,
    /// What it is about, in a line.
    subject: String,
    /// Whose turn it is.
    state: TicketState,
    /// When it was opened.
    pub(super) created_at: Timestamp,
    /// When something was written, or its state was changed, for the last time.
    updated_at: Timestamp,
    /// Grows with each change of it; `setTicketState` takes it as `expectedVersion`.
    version: i32,
    #[graphql(skip)]
    tenant_id: Option<TenantId>,
    #[graphql(skip)]
    opener_id: UserId,
}

#[ComplexObject]
impl Ticket {
    /// The tenant that is asked. Null where it is the platform, or the tenant is not there for viewers.
    async fn tenant(&self, ctx: &Context<'_>) -> Result<Option<Tenant>> {
        let Some(id) = self.tenant_id else { return Ok(None) };
        let node = ctx.data_unchecked::<CatalogLoaders>().node(NodeId::Tenant(id)).await?;
        Ok(node.and_then(|node| if let Node::Tenant(tenant) = node { Some(tenant) } else { None }))
    }

    /// Whether it is the platform that is asked, and not one of its tenants.
    async fn for_platform(&self) -> bool {
        self.tenant_id.is_none()
    }

    /// Who has opened it. Null while their account is being deleted.
    async fn opener(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        accounts::loaders(ctx).user(self.opener_id).await
    }

    /// What was written, oldest first.
    async fn messages(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<TicketMessage>> {
        loaders::messages(ctx, self.id, &PageArguments { first, after, last, before }).await
    }
}

/// What somebody has written in a ticket.
#[derive(Debug, Clone, Deserialize, SimpleObject)]
#[graphql(complex)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TicketMessage {
    /// Identifies the message.
    pub(super) id: TicketMessageId,
    /// What it says.
    body: String,
    /// Whether it is an answer, and not of whoever has opened the ticket.
    by_support: bool,
    /// When it was written.
    pub(super) created_at: Timestamp,
    #[graphql(skip)]
    author_id: Option<UserId>,
}

#[ComplexObject]
impl TicketMessage {
    /// Who has written it. Null where their account is gone.
    async fn author(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        match self.author_id {
            Some(author) => accounts::loaders(ctx).user(author).await,
            None => Ok(None),
        }
    }
}
