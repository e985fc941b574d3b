use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use tracing::{info, warn};

use super::completion::LEASE;
use super::service::{Assets, pending_key};
use super::store::{self, Due, Step};
use crate::error::{Error, Result};
use crate::events::{EventType, NewEvent};
use crate::id::{AssetId, TenantId};
use crate::repeating::Repeating;
use crate::scope::Scope;

/// The most files of one sweep; the others wait for the next.
const MAX_PER_SWEEP: i64 = 200;

/// Gives up uploads that nobody completes, goes on with checks that a killed server has left, and deletes what was refused
/// long ago or is not used, until it is dropped. Several servers may have one each: a file is taken on by one of them.
///
/// The first sweep comes when the interval of the settings is over.
pub fn start_sweeper(assets: Assets) -> Repeating {
    Repeating::start(assets.settings.sweep_every, move || {
        let assets = assets.clone();
        async move {
            if let Err(error) = sweep(&assets).await {
                warn!(%error, "a sweep of files was not finished; the next goes on");
            }
        }
    })
}

async fn sweep(assets: &Assets) -> Result<()> {
    for due in store::due(&assets.graph, MAX_PER_SWEEP, Utc::now()).await? {
        // What goes wrong with one file does not keep the others.
        if let Err(error) = assets.look_after(&due).await {
            warn!(asset = %due.id, %error, "a file was not looked after; a later sweep goes on");
        }
    }
    Ok(())
}

impl Assets {
    async fn look_after(&self, due: &Due) -> Result<()> {
        let Due { id, tenant_id, .. } = *due;
        let now = Utc::now();
        let deleted = self.own_event(EventType::AssetDeleted, due, now).with(&json!({"unused": true}));
        let review_at = now + self.settings.unused.min(TimeDelta::days(36_500));
        let row = store::claim_due(&self.graph, id, now + LEASE, review_at, (deleted, now)).await?;
        // Somebody else has taken it on.
        let Some(row) = row else { return Ok(()) };
        match row.step {
            Step::Check => {
                let assets = self.clone();
                let event = self.own_event(EventType::AssetReady, due, now);
                // A large file keeps the others waiting for no longer than there is a free place.
                tokio::spawn(async move {
                    if let Err(error) = assets.check(id, event).await {
                        warn!(asset = %id, %error, "a check that was left is left once more");
                    }
                });
                Ok(())
            }
            Step::Keep => {
                // Whoever had the address of the upload may have written there once more.
                self.tidy(&pending_key(tenant_id, id)).await;
                Ok(())
            }
            Step::Remove => {
                self.erase(tenant_id, id, row.upload_id.as_deref()).await?;
                info!(asset = %id, "a file was removed");
                Ok(())
            }
        }
    }

    /// Deletes the objects of a file that is being removed, and then its node.
    pub(super) async fn erase(&self, tenant: TenantId, id: AssetId, upload: Option<&str>) -> Result<()> {
        self.delete_objects(tenant, id, upload).await.map_err(Error::internal)?;
        Ok(store::erase(&self.graph, id).await?)
    }

    /// An event of this server, for whoever has uploaded the file.
    fn own_event(&self, kind: EventType, due: &Due, now: DateTime<Utc>) -> NewEvent {
        let event = Scope::of_server(&self.graph, now).event(kind).about(due.id).within(due.tenant_id);
        match due.created_by {
            Some(user) => event.by(user),
            None => event,
        }
    }
}
