//! Whether there is room for more in a tenant.

use super::store::{self, Usage};
use crate::error::Result;
use crate::mutation::{UserError, UserErrorCode};
use crate::scope::{AtLeast, TenantScope};

/// What somebody is about to add to a tenant.
#[derive(Debug, Clone, Copy, Default)]
pub struct Need {
    /// Franchises, series and episodes.
    pub items: i64,
    /// Bytes of files.
    pub storage_bytes: i64,
}

/// What is left of a tenant's limits. Not below zero: a tenant whose limits were lowered keeps what it has.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    /// Franchises, series and episodes.
    pub items: i64,
    /// Bytes of files.
    pub storage_bytes: i64,
}

/// Says whether what is about to be added fits into the limits of the tenant, and what room there is before it is
/// added. It costs a statement, and holds no lock: two who ask at the same time can both be told yes, and exceed
/// a limit by what one of them adds. Members are counted under a lock, by the statements that add them.
///
/// # Errors
/// When the statement failed; the inner one, for the user, when it does not fit.
pub async fn room_for<R: AtLeast>(scope: &TenantScope<R>, need: Need) -> Result<Result<Room, UserError>> {
    let Usage { used, limits } = store::usage(scope).await?;
    let room = Room {
        items: (limits.items - used.items).max(0),
        storage_bytes: (limits.storage_bytes - used.storage_bytes).max(0),
    };
    let exceeded = |what: &str| Err(UserError::general(UserErrorCode::LimitReached, format!("the plan allows no more {what}")));
    if need.items > room.items {
        return Ok(exceeded("items"));
    }
    if need.storage_bytes > room.storage_bytes {
        return Ok(exceeded("storage"));
    }
    Ok(Ok(room))
}
