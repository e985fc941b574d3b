use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use tokio::sync::Semaphore;

use crate::config::AssetsConfig;
use crate::graph::Graph;
use crate::id::{AssetId, TenantId};
use crate::storage::Storage;

/// The limit of one statement of a check. Nobody waits for it.
const STATEMENT_LIMIT: Duration = Duration::from_mins(1);
/// The most parts of an object: a limit of S3.
const MAX_PARTS: i64 = 10_000;
/// The media type of the smaller variants of pictures.
pub(super) const VARIANT_CONTENT_TYPE: &str = "image/webp";
/// What the size of parts is rounded up to, in bytes.
const PART_UNIT: i64 = 1024 * 1024;

/// What works on files: it goes on when the request that has asked for it is gone. Cheap to clone.
#[derive(Clone)]
pub struct Assets {
    pub(super) graph: Graph,
    pub(super) storage: Storage,
    pub(super) settings: Arc<AssetSettings>,
    /// Those who look at a file; what one of them reads may be in memory as a whole.
    pub(super) checks: Arc<Semaphore>,
    /// Those who decode pictures.
    pub(super) decoders: Arc<Semaphore>,
}

/// How files are uploaded and kept.
pub(super) struct AssetSettings {
    /// From this size on, a file is uploaded in parts.
    multipart_bytes: i64,
    part_bytes: i64,
    pub(super) max_video_bytes: i64,
    /// How long an upload may take.
    pub(super) upload: TimeDelta,
    /// How long a file is kept that nothing uses.
    pub(super) unused: TimeDelta,
    /// How often somebody looks after files whose time has come.
    pub(super) sweep_every: Duration,
}

impl Assets {
    /// Works as `config` says.
    #[must_use]
    pub fn new(graph: &Graph, storage: Storage, config: &AssetsConfig) -> Self {
        let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
        let settings = AssetSettings {
            multipart_bytes: number(config.asset_multipart_bytes),
            part_bytes: number(config.asset_part_bytes),
            max_video_bytes: number(config.asset_max_video_bytes),
            upload: TimeDelta::try_hours(number(config.asset_upload_hours)).unwrap_or(TimeDelta::MAX),
            unused: TimeDelta::try_days(number(config.asset_unused_days)).unwrap_or(TimeDelta::MAX),
            sweep_every: Duration::from_secs(config.asset_sweep_seconds),
        };
        let checks = usize::try_from(config.asset_checks).unwrap_or(1);
        Self {
            graph: graph.patient(STATEMENT_LIMIT),
            storage,
            settings: Arc::new(settings),
            checks: Arc::new(Semaphore::new(checks)),
            decoders: Arc::new(Semaphore::new(1)),
        }
    }
}

impl AssetSettings {
    /// How large the parts of a file are that has so many bytes; nothing if it is uploaded as a whole.
    pub(super) fn part_bytes(&self, bytes: i64) -> Option<i64> {
        if bytes < self.multipart_bytes {
            return None;
        }
        let least = bytes.saturating_add(MAX_PARTS - 1) / MAX_PARTS;
        let rounded = least.saturating_add(PART_UNIT - 1) / PART_UNIT * PART_UNIT;
        Some(self.part_bytes.max(rounded))
    }
}

/// What the keys of all objects of a file begin with.
pub(super) fn folder(tenant: TenantId, asset: AssetId) -> String {
    format!("tenants/{tenant}/assets/{asset}/")
}

/// Where the file itself is. Nobody has an address that writes there, but those of the parts of an upload that is not
/// finished.
pub(super) fn original_key(tenant: TenantId, asset: AssetId) -> String {
    format!("{}original", folder(tenant, asset))
}

/// Where a file that is uploaded as a whole waits to be looked at.
pub(super) fn pending_key(tenant: TenantId, asset: AssetId) -> String {
    format!("{}pending", folder(tenant, asset))
}

/// Where the variant of a picture of this width is.
pub(super) fn variant_key(tenant: TenantId, asset: AssetId, width: i64) -> String {
    format!("{}w{width}.webp", folder(tenant, asset))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_never_too_many_parts() {
        let settings = AssetSettings {
            multipart_bytes: 16 << 20,
            part_bytes: 8 << 20,
            max_video_bytes: i64::MAX,
            upload: TimeDelta::zero(),
            unused: TimeDelta::zero(),
            sweep_every: Duration::ZERO,
        };
        assert_eq!(settings.part_bytes((16 << 20) - 1), None);
        assert_eq!(settings.part_bytes(16 << 20), Some(8 << 20));
        for bytes in [80_i64 << 30, 5_000_000_000_000] {
            let part = settings.part_bytes(bytes).unwrap_or(1);
            assert!((bytes + part - 1) / part <= 10_000 && part % (1 << 20) == 0, "{bytes}: {part}");
        }
    }
}
