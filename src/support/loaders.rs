use std::collections::HashMap;

use async_graphql::Context;

use super::store;
use super::types::TicketMessage;
use crate::batch::{BatchLoad, Batched};
use crate::error::Result;
use crate::id::TicketId;
use crate::pagination::{Column, Connection, Order, Page, PageArguments, SortValue};
use crate::scope::Scope;

const MESSAGES: Order = Order { list: "ticketMessages", descending: false, columns: &[Column::Time, Column::Text] };

/// A page of the messages of a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct MessagesPage {
    pub(super) of: TicketId,
    pub(super) page: Page,
}

struct Messages;

impl BatchLoad for Messages {
    type Key = MessagesPage;
    type Value = Vec<TicketMessage>;

    fn items(key: &MessagesPage) -> usize {
        key.page.size
    }

    async fn load(scope: &Scope, keys: &[MessagesPage]) -> Result<HashMap<MessagesPage, Vec<TicketMessage>>> {
        store::messages(scope, keys).await
    }
}

/// Tickets as one request sees them.
pub struct SupportLoaders {
    messages: Batched<Messages>,
}

impl SupportLoaders {
    /// Fresh loaders for a request.
    #[must_use]
    pub fn new(scope: &Scope) -> Self {
        Self { messages: Batched::new(scope.clone()) }
    }
}

/// A page of the messages of a ticket that the viewer was shown.
pub(super) async fn messages(
    ctx: &Context<'_>,
    of: TicketId,
    arguments: &PageArguments,
) -> Result<Connection<TicketMessage>> {
    let page = arguments.page(&MESSAGES)?;
    let loaders = ctx.data_unchecked::<SupportLoaders>();
    let found = loaders.messages.load(MessagesPage { of, page: page.clone() }).await?.unwrap_or_default();
    Ok(page.connection(&MESSAGES, found, |message| {
        vec![SortValue::Time(message.created_at.0), SortValue::text(&message.id)]
    }))
}
