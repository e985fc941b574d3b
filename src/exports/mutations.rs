use std::time::Duration;

use async_graphql::{Context, InputObject, Object, SimpleObject};
use chrono::TimeDelta;
use futures::future::BoxFuture;
use serde_json::json;

use super::document;
use super::store::{self, NewExport};
use crate::error::{Error, Result};
use crate::events::EventType;
use crate::id::ExportId;
use crate::mutation::{Outcome, UserError, UserErrorCode};
use crate::payload;
use crate::scope::Scope;
use crate::storage::Storage;
use crate::time::Timestamp;

/// The most exports of a user within a day.
const MAX_EXPORTS_PER_DAY: i64 = 5;
/// How long an export can be downloaded.
const LIFETIME: Duration = Duration::from_hours(1);
/// After how many minutes an export that is not ready is taken for given up, because its server was killed, or it took
/// longer than a request may.
const ABANDONED_MINUTES: i64 = 2;

/// What is exported: everything.
#[derive(InputObject)]
struct ExportMyDataInput {
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

/// Everything that the platform holds on a user, as a file.
#[derive(SimpleObject)]
pub(crate) struct DataExport {
    /// An address that a browser saves the file from.
    url: String,
    /// Until when the address works. The file is deleted after that.
    url_expires_at: Timestamp,
    /// The size of the file in bytes; a `Float`, because it can be larger than `Int` can say.
    bytes: f64,
    /// Whether it is all there. A list of more than half a million is cut, and named in the file under `cut`.
    complete: bool,
}

payload! {
    /// The answer to `exportMyData`.
    ExportMyDataPayload {
        /// The file.
        export: DataExport
    }
}

/// What people take with them.
#[derive(Default)]
pub struct ExportsMutations;

#[Object]
impl ExportsMutations {
    /// Writes everything that the platform holds on the viewer into a file of JSON, without passwords and tokens. One
    /// at a time, and five within a day; the file before is deleted.
    async fn export_my_data(&self, ctx: &Context<'_>, input: ExportMyDataInput) -> Result<ExportMyDataPayload> {
        ExportMyDataPayload::of(export(ctx).await, input.client_mutation_id)
    }
}

async fn export(ctx: &Context<'_>) -> Outcome<DataExport> {
    let scope = ctx.data_unchecked::<Scope>();
    let storage = ctx.data_unchecked::<Storage>();
    let viewer = scope.viewer().signed_in()?.id;
    let (id, now) = (ExportId::generate(), scope.now());
    let key = format!("{}{id}.json", super::folder(viewer));
    let begun = NewExport {
        id,
        key: &key,
        expires_at: now + LIFETIME,
        most: MAX_EXPORTS_PER_DAY,
        abandoned_before: now - TimeDelta::minutes(ABANDONED_MINUTES),
        day_ago: now - TimeDelta::days(1),
    };
    let begun = store::begin(scope, &begun).await?;
    if begun.running {
        let message = "an export is being made already; wait until it is ready";
        return Err(UserError::general(UserErrorCode::NotAllowed, message).into());
    }
    if !begun.room {
        let message = format!("there were {MAX_EXPORTS_PER_DAY} exports within a day; come back tomorrow");
        return Err(UserError::general(UserErrorCode::LimitReached, message).into());
    }
    let writing: BoxFuture<'_, _> = Box::pin(document::write(scope, storage, &key));
    let written = match writing.await {
        Ok(written) => written,
        Err(error) => {
            // As long as something is left of it, it stays noted, so that a sweep finds it.
            storage.delete_below(&key).await.map_err(Error::internal)?;
            store::give_up(scope, id).await?;
            return Err(error.into());
        }
    };
    for key in &begun.before {
        storage.delete_below(key).await.map_err(Error::internal)?;
    }
    let event = scope.event(EventType::DataExported).about(viewer).with(&json!({"bytes": written.bytes}));
    store::finish(scope, id, written.bytes, event).await?;
    let address = storage.download_url(&key, "seeka.json", now, LIFETIME).await.map_err(Error::internal)?;
    #[expect(clippy::cast_precision_loss, reason = "exact up to eight pebibytes")]
    let bytes = written.bytes as f64;
    let url_expires_at = Timestamp(now + LIFETIME);
    Ok(DataExport { url: address.url, url_expires_at, bytes, complete: written.complete })
}
