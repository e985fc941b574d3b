//! The file of the keys: a running server takes up its changes, and `seeka keys rotate` makes them.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, fchown};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, TryLockError};
use std::time::{Duration, Instant};

use super::KeysFailure;
use super::ring::{MAX_KEYS, Ring};

/// How often a running server looks whether the file has changed, at the most.
pub(super) const LOOK_EVERY: Duration = Duration::from_secs(1);
/// The same when a token names a key that is not known, which may be one that another server has begun to sign with.
/// Anybody can send such tokens, so this bounds what they cost.
pub(super) const LOOK_FOR_UNKNOWN_EVERY: Duration = Duration::from_millis(100);
/// The largest file of keys, in bytes.
const MAX_FILE_BYTES: u64 = 64 * 1024;
/// Only the owner may read a private key.
const FILE_MODE: u32 = 0o600;

/// The keys of a file, as fresh as the file.
pub(super) struct KeysFile {
    path: PathBuf,
    ring: RwLock<Arc<Ring>>,
    last: Mutex<Look>,
}

/// What was found in the file the last time.
struct Look {
    at: Instant,
    /// The text that was read, or what was wrong, so that the same is neither parsed nor reported again.
    found: Result<String, String>,
}

impl KeysFile {
    /// Reads the keys for the first time.
    ///
    /// # Errors
    /// When the file cannot be read or holds no key.
    pub(super) fn open(path: &Path) -> Result<Self, KeysFailure> {
        let text = read(path).map_err(|source| KeysFailure::File { path: path.to_owned(), source })?;
        let ring = Ring::parse(&text, path)?;
        tell_unused(path, &ring);
        let last = Mutex::new(Look { at: Instant::now(), found: Ok(text) });
        Ok(Self { path: path.to_owned(), ring: RwLock::new(Arc::new(ring)), last })
    }

    /// The keys of now.
    pub(super) fn ring(&self) -> Arc<Ring> {
        // Whoever finds another request looking goes on with the keys that there are.
        if let Some(mut last) = self.unless_busy().filter(|last| last.at.elapsed() >= LOOK_EVERY) {
            self.look(&mut last);
        }
        self.current()
    }

    /// The keys of now, after a token has named one that is none of them.
    pub(super) fn ring_anew(&self) -> Arc<Ring> {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if last.at.elapsed() >= LOOK_FOR_UNKNOWN_EVERY {
            self.look(&mut last);
        }
        drop(last);
        self.current()
    }

    fn unless_busy(&self) -> Option<MutexGuard<'_, Look>> {
        match self.last.try_lock() {
            Ok(last) => Some(last),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    fn current(&self) -> Arc<Ring> {
        Arc::clone(&self.ring.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes up what the file holds now. It is read as a whole, because a time of change may be the same for two
    /// changes; it has a few hundred bytes.
    fn look(&self, last: &mut Look) {
        last.at = Instant::now();
        let found = read(&self.path).map_err(|error| error.to_string());
        if found == last.found {
            return;
        }
        let ring = match &found {
            Ok(text) => Ring::parse(text, &self.path).map_err(|failure| failure.to_string()),
            Err(error) => Err(format!("the signing keys {} cannot be read: {error}", self.path.display())),
        };
        last.found = found;
        match ring {
            Ok(ring) => {
                tell_unused(&self.path, &ring);
                tracing::info!(path = %self.path.display(), signing = ring.signing().id, "took up the signing keys");
                *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(ring);
            }
            Err(problem) => tracing::warn!(problem, "the signing keys stay as they were"),
        }
    }
}

fn tell_unused(path: &Path, ring: &Ring) {
    if ring.unused > 0 {
        let unused = ring.unused;
        tracing::warn!(path = %path.display(), unused, "only the first {MAX_KEYS} signing keys of the file are used");
    }
}

/// Reads a file of keys.
fn read(path: &Path) -> io::Result<String> {
    // Opening a pipe would wait for somebody who writes to it.
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is not a file"));
    }
    let mut text = String::new();
    File::open(path)?.take(MAX_FILE_BYTES).read_to_string(&mut text)?;
    Ok(text)
}

/// Puts a fresh key in front of the keys of a file and keeps the one before; the file is made if it is not there.
/// Whoever reads it meanwhile finds the old keys or the new ones.
///
/// # Errors
/// When the file holds something else, or cannot be written; it is as it was then.
pub(super) fn rotate(path: &Path) -> Result<Ring, KeysFailure> {
    // What a link leads to is replaced, not the link.
    let path = match path.canonicalize() {
        Ok(path) => path,
        Err(error) if error.kind() == io::ErrorKind::NotFound => path.to_owned(),
        Err(source) => return Err(KeysFailure::File { path: path.to_owned(), source }),
    };
    let before = match read(&path) {
        Ok(text) => Some(Ring::parse(&text, &path)?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(source) => return Err(KeysFailure::File { path, source }),
    };
    let ring = Ring::rotated(before)?;
    match replace(&path, &ring.pem()) {
        Ok(()) => Ok(ring),
        Err(source) => Err(KeysFailure::NotWritten { path, source }),
    }
}

fn replace(path: &Path, text: &str) -> io::Result<()> {
    let owner = fs::metadata(path).ok();
    // A file that may not be written is not to be replaced either, even where the folder allows it.
    if owner.is_some() {
        OpenOptions::new().write(true).open(path)?;
    }
    let mut new = path.as_os_str().to_owned();
    new.push(format!(".{}.new", std::process::id()));
    let new = PathBuf::from(new);
    let write = || {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(&new)?;
        if let Some(owner) = owner {
            let own = file.metadata()?;
            // Whoever rotates the keys of a server's own user, such as root, leaves them to that user.
            if (own.uid(), own.gid()) != (owner.uid(), owner.gid()) {
                fchown(&file, Some(owner.uid()), Some(owner.gid()))?;
            }
        }
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, path)
    };
    let written = write();
    if written.is_err() {
        // What could not be made need not be removed.
        let _ = fs::remove_file(&new);
    }
    written
}
