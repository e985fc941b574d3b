//! The folder that keeps everything the servers of the default configuration store.

use std::{
    fs::{self, DirBuilder, File, OpenOptions, TryLockError},
    io::{self, Read, Seek, Write},
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::{Path, PathBuf},
    process,
};

use rand::distr::{Alphanumeric, SampleString};

use super::{StartError, file_error};

/// How many letters and digits a generated secret has: 190 bits.
const SECRET_LENGTH: usize = 32;

/// Only the owner may read a file that holds a secret.
const SECRET_MODE: u32 = 0o600;

/// Only the owner may look into the data folder.
const FOLDER_MODE: u32 = 0o700;

/// The data folder, which belongs to this process alone while the value lives.
///
/// The lock is the operating system's: it ends with the process, so a crash leaves nothing to clean up.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    _lock: File,
}

impl DataFolder {
    /// Opens the folder, which is created if it does not exist, and locks it.
    ///
    /// # Errors
    ///
    /// [`StartError::InUse`] if another process has it, [`StartError::File`] if it cannot be written.
    pub fn open(path: &Path) -> Result<Self, StartError> {
        create_folder(path)?;
        let path = path.canonicalize().map_err(file_error("find", path))?;
        let lock_path = path.join("lock");
        let mut lock = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&lock_path)
            .map_err(file_error("open", &lock_path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut owner = String::new();
                // The id is only for the message.
                let _ = lock.read_to_string(&mut owner);
                let process = owner.trim().parse().unwrap_or_default();
                return Err(StartError::InUse { path, process });
            }
            Err(TryLockError::Error(error)) => return Err(file_error("lock", &lock_path)(error)),
        }
        write_process_id(&mut lock).map_err(file_error("write", &lock_path))?;
        Ok(Self { path, _lock: lock })
    }

    /// Returns the absolute path of the folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Notes in the lock file which process holds it, for the message that others show.
fn write_process_id(lock: &mut File) -> io::Result<()> {
    lock.set_len(0)?;
    lock.rewind()?;
    writeln!(lock, "{}", process::id())
}

/// Creates a folder, and those above it, that only the owner may look into.
pub(super) fn create_folder(path: &Path) -> Result<(), StartError> {
    DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(path).map_err(file_error("create", path))
}

/// Returns a new secret of letters and digits, which need no quoting anywhere.
pub(super) fn new_secret() -> String {
    Alphanumeric.sample_string(&mut rand::rng(), SECRET_LENGTH)
}

/// Reads a file that only the owner may read, after making it with the text of `make` if it is not there.
///
/// The folder need not be locked: of several that ask first, one makes the file and all read the same.
///
/// # Errors
/// When it can be neither read nor made.
pub fn kept_text(path: &Path, make: impl FnOnce() -> String) -> Result<String, StartError> {
    if let Some(secret) = read_if_there(path)? {
        return Ok(secret);
    }
    if let Some(folder) = path.parent() {
        create_folder(folder)?;
    }
    // A link, unlike a renamed file, never replaces what another process has put there.
    let own = path.with_extension(process::id().to_string());
    write_secret(&own, &make())?;
    let linked = fs::hard_link(&own, path);
    fs::remove_file(&own).map_err(file_error("remove", &own))?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(file_error("write", path)(error)),
        _ => fs::read_to_string(path).map_err(file_error("read", path)),
    }
}

/// Returns the text of a file, or nothing if there is no such file.
pub(super) fn read_if_there(path: &Path) -> Result<Option<String>, StartError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(file_error("read", path)(error)),
    }
}

/// Writes a file that only the owner may read, as a whole or not at all.
pub(super) fn write_secret(path: &Path, text: &str) -> Result<(), StartError> {
    let mut new = path.as_os_str().to_owned();
    new.push(".new");
    let new = PathBuf::from(new);
    let write = || -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(SECRET_MODE).open(&new)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(&new, path)
    };
    write().map_err(file_error("write", path))
}
