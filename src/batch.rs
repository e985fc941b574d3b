//! Loaders: what the resolvers of one level of a query ask for becomes one statement.
//!
//! A loader lives as long as its request and never mixes two viewers. The crate `dataloader` waits a
//! fixed number of turns of the scheduler for more keys and then calls a batch function once.

use std::collections::HashMap;
use std::fmt::Debug;
use std::hash::Hash;
use std::sync::Arc;

use ::dataloader::BatchFn;
use ::dataloader::cached::Loader;
use neo4rs::BoltType;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tracing::Instrument;

use crate::error::{Error, Result};
use crate::graph::Statement;
use crate::pagination::Page;
use crate::scope::Scope;
use crate::telemetry::Askers;

/// The turns a loader waits for more keys. With fewer, the keys of one level come in several batches.
const TURNS_BEFORE_DISPATCH: usize = 16;
/// The most keys of one statement: a hundred items of each of a hundred lists.
const MAX_BATCH_KEYS: usize = 10_000;

/// What is loaded by key. A key without a value is absent from the answer.
pub trait BatchLoad: Send + Sync + 'static {
    /// A named type; equal keys are asked for once.
    type Key: Clone + Eq + Hash + Debug + Send + Sync + 'static;
    /// Cloned for everyone who asked for the key.
    type Value: Clone + Send + Sync + 'static;

    /// How many items the value of a key holds at the most: more than one where it is a page of a list.
    fn items(_key: &Self::Key) -> usize {
        1
    }

    /// Loads all keys of a level.
    fn load(scope: &Scope, keys: &[Self::Key]) -> impl Future<Output = Result<HashMap<Self::Key, Self::Value>>> + Send;
}

/// The batch function of a [`BatchLoad`] within a scope.
struct InScope<B: BatchLoad> {
    scope: Scope,
    askers: Arc<Askers<B::Key>>,
    load: std::marker::PhantomData<fn() -> B>,
}

impl<B: BatchLoad> BatchFn<B::Key, Result<Option<B::Value>>> for InScope<B> {
    async fn load(&mut self, keys: &[B::Key]) -> HashMap<B::Key, Result<Option<B::Value>>> {
        let loader = loader_name::<B>();
        self.scope.metrics().batch(loader, keys.len());
        let items = keys.iter().map(B::items).sum::<usize>();
        let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        self.scope.meter().look_up(number(keys.len()), number(items)).await;
        // Boxed, so that a resolver's future does not carry the driver's in itself: levels nest on the stack.
        match Box::pin(B::load(&self.scope, keys)).instrument(self.askers.batch_span(loader, keys)).await {
            // Absence is an answer, too, and need not be asked for again.
            Ok(mut found) => keys.iter().map(|key| (key.clone(), Ok(found.remove(key)))).collect(),
            // Every resolver of the level learns of the failure.
            Err(error) => keys.iter().map(|key| (key.clone(), Err(error.clone()))).collect(),
        }
    }
}

/// The name of a loader, as metrics and traces show it: that of its type, without the module.
fn loader_name<B>() -> &'static str {
    std::any::type_name::<B>().rsplit("::").next().unwrap_or_default()
}

/// A loader of one request.
pub struct Batched<B: BatchLoad> {
    askers: Arc<Askers<B::Key>>,
    loader: Loader<B::Key, Result<Option<B::Value>>, InScope<B>>,
}

impl<B: BatchLoad> Batched<B> {
    /// A loader that reads within `scope`.
    #[must_use]
    pub fn new(scope: Scope) -> Self {
        let askers = Arc::default();
        let load = InScope { scope, askers: Arc::clone(&askers), load: std::marker::PhantomData };
        let loader = Loader::new(load).with_yield_count(TURNS_BEFORE_DISPATCH).with_max_batch_size(MAX_BATCH_KEYS);
        Self { askers, loader }
    }

    /// The value of `key`, or `None` if it has none.
    ///
    /// # Errors
    /// When the statement failed.
    pub async fn load(&self, key: B::Key) -> Result<Option<B::Value>> {
        self.askers.note(&key);
        // The batch function answers every key, so the crate's own error cannot occur.
        self.loader.try_load(key).await.map_err(Error::internal)?
    }

    /// Forgets the value of `key`, because it was changed.
    pub async fn forget(&self, key: B::Key) {
        self.loader.clear(key).await;
    }

    /// Keeps a value that came along with something else, so that nobody has to ask for it.
    pub async fn prime(&self, key: B::Key, value: B::Value) {
        self.loader.prime(key, Ok(Some(value))).await;
    }
}

/// Runs a statement that reads a page for each of `keys` from either end of an index: `entry` is what it is told of a key, and
/// `page` what of the list the key wants.
pub(crate) async fn pages<K, T>(
    scope: &Scope,
    statement: Statement,
    keys: &[K],
    page: impl Fn(&K) -> &Page,
    entry: impl Fn(usize, &K) -> BoltType,
) -> Result<HashMap<K, Vec<T>>>
where
    K: Clone + Eq + Hash,
    T: DeserializeOwned,
{
    #[derive(Deserialize)]
    struct Row<T> {
        n: usize,
        items: Vec<T>,
    }
    let towards = |backward: bool| -> Vec<BoltType> {
        let keys = keys.iter().enumerate().filter(|(_, key)| page(key).backward == backward);
        keys.map(|(n, key)| entry(n, key)).collect()
    };
    let limit = keys.iter().map(|key| page(key).limit()).max().unwrap_or_default();
    let statement = statement.bind("forward", towards(false)).bind("backward", towards(true)).bind("limit", limit);
    let rows = scope.read::<Row<T>>(statement).await?;
    let found = rows.into_iter().filter_map(|row| Some((keys.get(row.n)?.clone(), row.items)));
    Ok(found.collect())
}
