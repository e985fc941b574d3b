use async_graphql::{ComplexObject, Context, Enum, SimpleObject};
use serde::Deserialize;

use crate::catalog::{CatalogLoaders, Content, Node, NodeId, Tenant};
use crate::error::{Error, Result};
use crate::id::{AnnouncementId, TenantId};
use crate::time::Timestamp;

/// What became of a request to announce something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, Enum)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum AnnouncementState {
    /// It waits for an operator.
    Requested,
    /// It is shown in its period.
    Granted,
    /// It is not shown; `reason` may say why.
    Refused,
    /// The tenant has taken it back.
    Withdrawn,
}

impl AnnouncementState {
    /// All states.
    pub(super) const ALL: [Self; 4] = [Self::Requested, Self::Granted, Self::Refused, Self::Withdrawn];
}

/// Something that is featured at the moment.
#[derive(Debug, Clone, Deserialize, SimpleObject)]
#[graphql(complex)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Announcement {
    /// Identifies the announcement.
    pub(super) id: AnnouncementId,
    /// What is said about it.
    text: String,
    /// Since when it is featured.
    pub(super) from: Timestamp,
    /// Until when it is featured.
    until: Timestamp,
    #[graphql(skip)]
    content_id: String,
}

#[ComplexObject]
impl Announcement {
    /// What is featured.
    async fn content(&self, ctx: &Context<'_>) -> Result<Content> {
        // It was visible when the list was read; if it is gone, that happened meanwhile.
        let gone = || Error::NotFound("it is not there any more".to_owned());
        content(ctx, &self.content_id).await?.ok_or_else(gone)
    }
}

/// What a tenant has asked to be announced, as its members and operators see it.
#[derive(Debug, Clone, Deserialize, SimpleObject)]
#[graphql(complex)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AnnouncementRequest {
    /// Identifies the announcement.
    pub(super) id: AnnouncementId,
    /// What became of it.
    state: AnnouncementState,
    /// What shall be said about it.
    text: String,
    /// From when on it shall be featured.
    from: Timestamp,
    /// Until when it shall be featured.
    until: Timestamp,
    /// Why an operator has decided so, if they have said.
    reason: Option<String>,
    /// When it was asked for.
    pub(super) created_at: Timestamp,
    /// When it was changed for the last time.
    updated_at: Timestamp,
    /// Grows with each change of it; an edit takes it as `expectedVersion`.
    version: i32,
    #[graphql(skip)]
    tenant_id: TenantId,
    #[graphql(skip)]
    content_id: String,
}

#[ComplexObject]
impl AnnouncementRequest {
    /// What shall be featured. Null where viewers do not see it any more.
    async fn content(&self, ctx: &Context<'_>) -> Result<Option<Content>> {
        content(ctx, &self.content_id).await
    }

    /// The tenant that has asked. Null where it is not there for viewers.
    async fn tenant(&self, ctx: &Context<'_>) -> Result<Option<Tenant>> {
        let node = ctx.data_unchecked::<CatalogLoaders>().node(NodeId::Tenant(self.tenant_id)).await?;
        Ok(node.and_then(|node| if let Node::Tenant(tenant) = node { Some(tenant) } else { None }))
    }
}

async fn content(ctx: &Context<'_>, id: &str) -> Result<Option<Content>> {
    let node = ctx.data_unchecked::<CatalogLoaders>().node(id.parse()?).await?;
    Ok(node.and_then(|node| node.try_into().ok()))
}
