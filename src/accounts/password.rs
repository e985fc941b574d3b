use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

use crate::config::AccountsConfig;
use crate::error::{Error, Result};
use crate::mutation::{UserError, UserErrorCode};
use crate::waiting::Waiting;

/// The longest password, in bytes; a hash of it takes the same time as of a short one.
const MAX_BYTES: usize = 1_024;
/// When somebody may come back for whom there was no place among those that wait.
const COME_BACK: Duration = Duration::from_secs(1);
/// What is verified where there is no account, so that it takes the same time.
const NOBODYS_PASSWORD: &str = "the password of nobody";

/// Hashes passwords with Argon2id (RFC 9106) and verifies them, a bounded number at a time.
#[derive(Clone)]
pub struct Passwords {
    params: Params,
    min_length: usize,
    nobodys_hash: Arc<str>,
    turns: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    max_waiting: usize,
}

/// What a hash says of a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is another one.
    Wrong,
    /// It is this one.
    Right,
    /// It is this one, and was hashed with other parameters than those of now.
    RightButOutdated,
}

impl Passwords {
    /// Hashes with the parameters of `config`.
    ///
    /// # Errors
    /// When Argon2 does not take them.
    pub fn new(config: &AccountsConfig) -> Result<Self> {
        let size = |value: u64| u32::try_from(value).unwrap_or(u32::MAX);
        let params = Params::new(size(config.argon2_memory_kib), size(config.argon2_iterations), 1, None);
        let params = params.map_err(Error::internal)?;
        let nobodys_hash = hash(&params, NOBODYS_PASSWORD)?;
        let turns = Semaphore::new(usize::try_from(config.max_concurrent_hashes).unwrap_or(1));
        let min_length = usize::try_from(config.min_password_length).unwrap_or(usize::MAX);
        let max_waiting = usize::try_from(config.max_waiting_hashes).unwrap_or(usize::MAX);
        let (turns, nobodys_hash) = (Arc::new(turns), nobodys_hash.into());
        Ok(Self { params, min_length, nobodys_hash, turns, waiting: Arc::default(), max_waiting })
    }

    /// Checks a new password against the policy: NIST SP 800-63B, section 3.1.1.2, asks for length and for a list
    /// of common passwords, and for no mixture of characters.
    pub(super) fn check(&self, field: &str, password: &str) -> Result<(), UserError> {
        let count = password.graphemes(true).count();
        if count < self.min_length {
            let message = format!("it must have at least {} characters", self.min_length);
            return Err(UserError::of(field, UserErrorCode::TooShort, message));
        }
        if password.len() > MAX_BYTES {
            return Err(UserError::of(field, UserErrorCode::TooLong, format!("it may have at most {MAX_BYTES} bytes")));
        }
        Ok(())
    }

    /// The hash of a password, in the PHC string format.
    pub(super) async fn hash(&self, password: &str) -> Result<String> {
        let password = password.to_owned();
        self.work(move |params| hash(params, &password)).await
    }

    /// Whether a password is the one of a hash. Without a hash it takes as long, and is wrong.
    pub(super) async fn verify(&self, password: &str, kept: Option<&str>) -> Result<Verdict> {
        // What no new password can be is not hashed.
        let password: String = if password.len() > MAX_BYTES { String::new() } else { password.to_owned() };
        let (known, kept) = (kept.is_some(), kept.unwrap_or(&self.nobodys_hash).to_owned());
        self.work(move |now| {
            let kept = PasswordHash::new(&kept).map_err(Error::internal)?;
            let password: String = password.nfc().collect();
            if argon2(now).verify_password(password.as_bytes(), &kept).is_err() || !known {
                return Ok(Verdict::Wrong);
            }
            let then = Params::try_from(&kept).map_err(Error::internal)?;
            let same = (now.m_cost(), now.t_cost(), now.p_cost()) == (then.m_cost(), then.t_cost(), then.p_cost());
            Ok(if same { Verdict::Right } else { Verdict::RightButOutdated })
        })
        .await
    }

    /// Works on a thread of its own: a hash takes tens of milliseconds.
    async fn work<T: Send + 'static>(&self, work: impl FnOnce(&Params) -> Result<T> + Send + 'static) -> Result<T> {
        let turn = self.turn().await?;
        let params = self.params.clone();
        let working = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            work(&params)
        });
        working.await.map_err(Error::internal)?
    }

    /// Waits until fewer passwords are hashed than may be at the same time.
    ///
    /// # Errors
    /// `SERVICE_UNAVAILABLE` when too many wait already.
    async fn turn(&self) -> Result<OwnedSemaphorePermit> {
        if let Ok(turn) = Arc::clone(&self.turns).try_acquire_owned() {
            return Ok(turn);
        }
        let waiting = Waiting::new(&self.waiting);
        if waiting.before >= self.max_waiting {
            return Err(Error::Busy(COME_BACK));
        }
        Arc::clone(&self.turns).acquire_owned().await.map_err(Error::internal)
    }
}

fn argon2(params: &Params) -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone())
}

fn hash(params: &Params, password: &str) -> Result<String> {
    let password: String = password.nfc().collect();
    Ok(argon2(params).hash_password(password.as_bytes()).map_err(Error::internal)?.to_string())
}
