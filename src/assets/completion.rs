use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use tracing::{info, warn};

use super::check::{self, Failure, Found, Refusal, Source, decoded};
use super::library::TenantAsset;
use super::service::{Assets, folder, original_key, pending_key};
use super::store::{self, Claim};
use super::types::AssetKind;
use crate::error::{Error, Result};
use crate::events::NewEvent;
use crate::id::{AssetId, EventId, TenantId};
use crate::mutation::UserErrorCode;
use crate::storage::StorageError;

/// How long a server that checks a file is not taken for killed, though it says nothing.
pub(super) const LEASE: TimeDelta = TimeDelta::seconds(60);
/// How often it says something.
const RENEWAL: Duration = Duration::from_secs(20);
/// How often a file may have killed the server that looked at it, until nobody looks any more.
const MAX_CHECKS: i64 = 5;
/// After what time somebody looks whether a new file is used. Addresses to write to it end earlier.
const FIRST_REVIEW: TimeDelta = TimeDelta::hours(1);
/// How long it can be read why a file was refused.
const REFUSED: TimeDelta = TimeDelta::days(7);
/// How many missing parts are named in a message.
const NAMED_PARTS: usize = 10;

/// What became of a file that was looked at.
#[derive(Debug)]
pub(super) enum Checked {
    Ready,
    Refused(Refusal),
    /// Nothing is decided: bytes are missing.
    Incomplete(String),
    /// Somebody else looks at it, or has.
    Elsewhere,
}

/// What a look at the bytes comes to.
enum Verdict {
    Good(Found),
    Incomplete(String),
}

impl Assets {
    /// Looks at a file, and makes it ready or refuses it. It may be called as often as one likes: one at a time works on
    /// a file, and whoever comes after one that was killed goes on.
    pub(super) async fn check(&self, id: AssetId, event: NewEvent) -> Result<Checked> {
        let _permit = self.checks.acquire().await.map_err(Error::internal)?;
        let claim = EventId::generate().to_string();
        let claim = Claim { id, claim: &claim };
        let now = Utc::now();
        let Some(asset) = store::claim(&self.graph, claim, now + LEASE, now).await? else {
            return Ok(Checked::Elsewhere);
        };
        let looked = tokio::select! {
            looked = self.look_at(&asset) => looked,
            () = self.keep(claim) => return Ok(Checked::Elsewhere),
        };
        match looked {
            Ok(Verdict::Good(found)) => {
                let now = Utc::now();
                if !store::ready(&self.graph, claim, found, now + FIRST_REVIEW, (event, now)).await? {
                    return Ok(Checked::Elsewhere);
                }
                info!(asset = %id, "a file is ready");
                self.tidy(&pending_key(asset.tenant_id, id)).await;
                Ok(Checked::Ready)
            }
            Ok(Verdict::Incomplete(message)) => {
                store::release(&self.graph, claim, Utc::now()).await?;
                Ok(Checked::Incomplete(message))
            }
            Err(Failure::Refused(refusal)) => {
                let now = Utc::now();
                if !store::refuse(&self.graph, claim, &refusal, now + REFUSED, now).await? {
                    return Ok(Checked::Elsewhere);
                }
                info!(asset = %id, message = refusal.message, "a file was refused");
                // What is not deleted now goes together with the node.
                if let Err(error) = self.delete_objects(asset.tenant_id, id, asset.upload_id.as_deref()).await {
                    warn!(asset = %id, %error, "what was refused stays until it is swept up");
                }
                Ok(Checked::Refused(refusal))
            }
            Err(Failure::Storage(error)) => {
                store::release(&self.graph, claim, Utc::now()).await?;
                Err(Error::internal(error))
            }
        }
    }

    /// Deletes all objects of a file, and the parts of what was never put together.
    pub(super) async fn delete_objects(
        &self,
        tenant: TenantId,
        id: AssetId,
        upload: Option<&str>,
    ) -> Result<(), StorageError> {
        if let Some(upload) = upload {
            self.storage.drop_parts(&original_key(tenant, id), upload).await?;
        }
        self.storage.delete_below(&folder(tenant, id)).await
    }

    /// Deletes what nobody needs any more. If that fails, it is done later.
    pub(super) async fn tidy(&self, key: &str) {
        if let Err(error) = self.storage.delete(key).await {
            warn!(key, %error, "an object that nobody needs stays for now");
        }
    }

    /// Holds a file as long as it is looked at; returns when somebody else has it.
    async fn keep(&self, claim: Claim<'_>) {
        loop {
            tokio::time::sleep(RENEWAL).await;
            match store::renew(&self.graph, claim, Utc::now() + LEASE).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => warn!(asset = %claim.id, %error, "a check could not be renewed"),
            }
        }
    }

    async fn look_at(&self, asset: &TenantAsset) -> Result<Verdict, Failure> {
        if asset.checks.is_some_and(|checks| checks > MAX_CHECKS) {
            let message = "the file could not be checked, although it was tried several times";
            return Err(Refusal::new(UserErrorCode::DamagedFile, message).into());
        }
        match (asset.part_count(), &asset.upload_id) {
            (Some(count), Some(upload)) => self.look_at_parts(asset, count, upload).await,
            (Some(_), None) => Ok(Verdict::Incomplete("the upload was never begun; begin another".to_owned())),
            (None, _) => self.look_at_whole(asset).await,
        }
    }

    /// What was uploaded as a whole is read into memory, and what was checked there is what is kept: its address still
    /// takes other bytes for a while.
    async fn look_at_whole(&self, asset: &TenantAsset) -> Result<Verdict, Failure> {
        let pending = pending_key(asset.tenant_id, asset.id);
        let wanted = asset.size_in_bytes();
        match self.storage.size(&pending).await? {
            None => return Ok(Verdict::Incomplete("the file has not been uploaded yet".to_owned())),
            Some(size) if size != wanted => return Err(wrong_size(size, wanted).into()),
            Some(_) => {}
        }
        let bytes = self.storage.read_range(&pending, 0, wanted).await?;
        let source = Source::Memory(bytes);
        if source.sha256().await? != asset.checksum.as_deref().unwrap_or_default() {
            return Err(wrong_checksum().into());
        }
        let found = self.inspect(asset, &source).await?;
        if let Source::Memory(bytes) = source {
            self.storage.put(&asset.key, &asset.content_type, bytes).await?;
        }
        Ok(Verdict::Good(found))
    }

    /// What was uploaded in parts is put together, and cannot be changed from then on. It is read piece by piece.
    async fn look_at_parts(&self, asset: &TenantAsset, count: i32, upload: &str) -> Result<Verdict, Failure> {
        let wanted = asset.size_in_bytes();
        let mut size = self.storage.size(&asset.key).await?;
        if size.is_none() {
            let parts = self.storage.parts(&asset.key, upload).await?;
            if let Some(part) = parts.iter().find(|part| asset.bytes_of_part(part.number).is_none()) {
                let message = format!("part {} is one too many: the file has {count} parts", part.number);
                return Err(Refusal::new(UserErrorCode::WrongParts, message).into());
            }
            let right = parts.iter().filter(|part| asset.bytes_of_part(part.number) == Some(part.bytes));
            let right: HashSet<_> = right.map(|part| part.number).collect();
            let missing: Vec<_> = (1..=count).filter(|number| !right.contains(number)).collect();
            if !missing.is_empty() {
                let named: Vec<_> = missing.iter().take(NAMED_PARTS).map(ToString::to_string).collect();
                let more = if missing.len() > NAMED_PARTS { " and others" } else { "" };
                return Ok(Verdict::Incomplete(format!("these parts are missing: {}{more}", named.join(", "))));
            }
            self.storage.join_parts(&asset.key, upload, parts).await?;
            size = self.storage.size(&asset.key).await?;
        }
        let size = size.unwrap_or_default();
        if size != wanted {
            return Err(wrong_size(size, wanted).into());
        }
        let source = Source::Object { storage: self.storage.clone(), key: asset.key.clone(), bytes: size };
        // Looking at it is quick, and the checksum of a large file is not.
        let found = self.inspect(asset, &source).await?;
        if source.sha256().await? != asset.checksum.as_deref().unwrap_or_default() {
            return Err(wrong_checksum().into());
        }
        Ok(Verdict::Good(found))
    }

    /// Looks at a file as its kind wants it. A picture is decoded, too: its header says nothing of what follows.
    async fn inspect(&self, asset: &TenantAsset, source: &Source) -> Result<Found, Failure> {
        let found = check::check(asset.kind, &asset.content_type, source).await?;
        if asset.kind == AssetKind::Image {
            // A decoded picture is large, so one at a time has one. The place is free again when the thread is done.
            let place = Arc::clone(&self.decoders).acquire_owned().await;
            let (content_type, bytes) = (asset.content_type.clone(), source.all().await?.into_owned());
            let decoding = tokio::task::spawn_blocking(move || {
                let result = decoded(&content_type, &bytes).map(drop);
                drop(place);
                result
            });
            let unreadable =
                |why: &dyn std::fmt::Display| Refusal::damaged(format!("the picture cannot be read: {why}"));
            decoding.await.map_err(|error| unreadable(&error))?.map_err(|why| unreadable(&why))?;
        }
        Ok(found)
    }
}

fn wrong_size(size: i64, wanted: i64) -> Refusal {
    Refusal::new(UserErrorCode::WrongSize, format!("the file has {size} bytes, and not {wanted} as was announced"))
}

fn wrong_checksum() -> Refusal {
    Refusal::new(UserErrorCode::WrongChecksum, "the file has another SHA-256 than was announced")
}
