//! What a request takes while it runs, and the end of it when that is too much.
//!
//! A price is known beforehand, but only at full pages. A request whose pages really are full would need
//! more memory than a price can allow without refusing honest queries, so what it takes is counted as the
//! answer grows.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_graphql::extensions::{Extension, ExtensionContext, ExtensionFactory, NextResolve, ResolveInfo};
use async_graphql::{ServerResult, Value};
use tokio::sync::Notify;

/// The counts of one request. Beyond a limit, whoever counts waits forever, and [`Meter::exceeded`]
/// returns: the request is then given up as a whole, with one error instead of one for every field.
#[derive(Debug)]
pub struct Meter {
    fields: AtomicU64,
    items: AtomicU64,
    lookups: AtomicU64,
    max_fields: u64,
    max_items: u64,
    exceeded: Notify,
}

impl Meter {
    /// A meter with these limits.
    #[must_use]
    pub fn new(max_fields: u64, max_items: u64) -> Self {
        Self {
            fields: AtomicU64::new(0),
            items: AtomicU64::new(0),
            lookups: AtomicU64::new(0),
            max_fields,
            max_items,
            exceeded: Notify::new(),
        }
    }

    /// A meter that only counts.
    #[must_use]
    pub fn unlimited() -> Self {
        Self::new(u64::MAX, u64::MAX)
    }

    /// Counts from zero again, because the request is answered again.
    pub fn reset(&self) {
        for count in [&self.fields, &self.items, &self.lookups] {
            count.store(0, Ordering::Relaxed);
        }
    }

    /// How many objects and lists have been looked up.
    #[must_use]
    pub fn lookups(&self) -> u64 {
        self.lookups.load(Ordering::Relaxed)
    }

    /// How many fields have been resolved.
    #[must_use]
    pub fn fields(&self) -> u64 {
        self.fields.load(Ordering::Relaxed)
    }

    /// Counts the lookups of a batch, and the items that they come to at full pages.
    pub async fn look_up(&self, lookups: u64, items: u64) {
        self.lookups.fetch_add(lookups, Ordering::Relaxed);
        let before = self.items.fetch_add(items, Ordering::Relaxed);
        if before.saturating_add(items) > self.max_items {
            self.give_up().await;
        }
    }

    async fn resolve_field(&self) {
        if self.fields.fetch_add(1, Ordering::Relaxed) >= self.max_fields {
            self.give_up().await;
        }
    }

    async fn give_up(&self) {
        self.exceeded.notify_one();
        std::future::pending::<()>().await;
    }

    /// Returns when a limit has been passed, with what the client reads.
    pub async fn exceeded(&self) -> String {
        self.exceeded.notified().await;
        if self.items.load(Ordering::Relaxed) > self.max_items {
            format!("the lists of the answer come to more than {} items: ask for smaller pages", self.max_items)
        } else {
            format!("the answer comes to more than {} fields: ask for smaller pages", self.max_fields)
        }
    }
}

/// The extension of the schema that counts the fields of requests that have a [`Meter`].
pub(crate) struct Metering;

impl ExtensionFactory for Metering {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_graphql::async_trait::async_trait]
impl Extension for Metering {
    async fn resolve(
        &self,
        ctx: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        if let Some(meter) = ctx.data_opt::<Arc<Meter>>() {
            meter.resolve_field().await;
        }
        next.run(ctx, info).await
    }
}
