//! Previews: what viewers would see if everything that was edited were published.
//!
//! It is published, in a transaction that is undone as soon as the query is answered, so that a preview cannot differ from what
//! publishing will come to: lists, searches, counts and the way back up. It holds the locks of a release while it lasts, which
//! other viewers do not notice; previews and releases of one tenant wait for one another.

use std::sync::Arc;

use futures::FutureExt;
use tokio::sync::{Mutex, Semaphore};

use super::not_released;
use super::store::{self, Released};
use crate::error::{Error, Result};
use crate::graph::{InTransaction, Work};
use crate::scope::{Editor, Scope, TenantScope};

/// How many previews a server makes at the same time.
static TURNS: Semaphore = Semaphore::const_new(4);

/// Has a query answered in the scope of a preview of a tenant.
///
/// # Errors
/// Those of the answer, and when the preview cannot be made.
pub async fn preview<T, F: Future<Output = Result<T>>>(
    tenant: &TenantScope<Editor>,
    scope: Scope,
    answer: impl FnOnce(Scope) -> F,
) -> Result<T> {
    // Each holds a connection and the locks of a release, so they are few, and wait for one another here.
    let _turn = TURNS.acquire().await.map_err(Error::internal)?;
    let (reads, answering) = InTransaction::new();
    let shared = (Arc::new(tenant.clone()), Arc::new(Mutex::new(Some(answering))));
    let work: Arc<Work<Result<(), Released>>> = Arc::new(move |transaction| {
        let (tenant, answering) = shared.clone();
        async move {
            transaction.undo();
            if let Err(reason) = store::show_drafts(transaction, &tenant).await? {
                return Ok(Err(reason));
            }
            // Once queries were answered, the transaction does not start again: its answers would be of two of them.
            if let Some(answering) = answering.lock().await.take() {
                answering.answer(transaction).await;
            }
            Ok(Ok(()))
        }
        .boxed()
    });
    // The transaction ends when the scope of the answer is gone, and with it the last who can ask.
    let (ended, answered) =
        tokio::join!(tenant.transaction("publishing/preview", work), answer(scope.previewing(reads)));
    match ended? {
        Ok(()) => answered,
        Err(reason) => Err(not_released(&reason)),
    }
}
