//! The file that takes what Neo4j writes, which is also the lock on its data.

use std::{
    fs::{File, TryLockError},
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use tokio::time::sleep;

use super::{StartError, file_error};

/// How long a start waits for the Neo4j of an earlier start to end.
const WAIT_LIMIT: Duration = Duration::from_mins(1);

/// How often it looks.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// How much of the end of the file is searched for lines that tell something.
const SEARCHED_BYTES: u64 = 64 * 1024;

/// How many lines an error shows.
const SHOWN_LINES: usize = 8;

/// The longest line that is shown in full.
const SHOWN_CHARACTERS: usize = 400;

/// The output file of Neo4j.
///
/// Its lock belongs to the open file, and the open file to all who have a descriptor of it. This process hands
/// its only one to the child, so the lock is free when, and only when, Neo4j has really ended.
#[derive(Debug)]
pub(super) struct Console {
    path: PathBuf,
}

impl Console {
    /// Names the file, which need not exist.
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Returns where the file is.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Opens the file and locks it, which has to wait until whoever had it has ended.
    pub(super) async fn lock(&self) -> Result<File, StartError> {
        let open = || File::options().append(true).create(true).open(&self.path);
        let file = open().map_err(file_error("open", &self.path))?;
        let started = Instant::now();
        let mut told = false;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(file),
                Err(TryLockError::WouldBlock) => {}
                Err(TryLockError::Error(error)) => return Err(file_error("lock", &self.path)(error)),
            }
            if started.elapsed() > WAIT_LIMIT {
                return Err(StartError::StillRunning { log: self.path.clone() });
            }
            if !told {
                tracing::info!("waiting for the previous Neo4j to finish");
                told = true;
            }
            sleep(LOOK_EVERY).await;
        }
    }

    /// Empties the file for a new run of the server, when whoever had it before has ended.
    pub(super) async fn begin(&self) -> Result<File, StartError> {
        let file = self.lock().await?;
        file.set_len(0).map_err(file_error("empty", &self.path))?;
        Ok(file)
    }

    /// Tells whether some process still has the lock.
    pub(super) fn is_locked(&self) -> bool {
        File::open(&self.path).is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }

    /// Waits until no process has the lock any more.
    pub(super) async fn released(&self) {
        while self.is_locked() {
            sleep(LOOK_EVERY).await;
        }
    }

    /// Returns how long the file is, to tell later what was written since.
    pub(super) fn length(&self) -> u64 {
        self.path.metadata().map_or(0, |data| data.len())
    }

    /// Returns a text with the last lines since a length that tell something.
    pub(super) fn last_lines(&self, since: u64) -> String {
        match self.read_end(since).map(|text| telling_lines(&text)) {
            Ok(lines) if lines.is_empty() => "It said nothing.".to_owned(),
            Ok(lines) => format!("The last it said:\n{lines}"),
            Err(error) => format!("What it said cannot be read: {error}."),
        }
    }

    /// Reads the end of the file.
    fn read_end(&self, since: u64) -> io::Result<String> {
        let mut file = File::open(&self.path)?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(since.max(length.saturating_sub(SEARCHED_BYTES))))?;
        let mut bytes = Vec::new();
        file.take(SEARCHED_BYTES).read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }
}

/// Picks the lines that tell what went wrong where there are many lines, or simply the last ones where none does.
fn telling_lines(text: &str) -> String {
    let lines: Vec<&str> =
        text.lines().filter(|line| !line.is_empty() && !line.starts_with(char::is_whitespace)).collect();
    let is_telling = |line: &&&str| ["ERROR", "Error", "Exception", "Caused by"].iter().any(|word| line.contains(word));
    let telling: Vec<&str> = lines.iter().filter(is_telling).copied().collect();
    let chosen = if lines.len() <= SHOWN_LINES || telling.is_empty() { lines } else { telling };
    let last = chosen.iter().skip(chosen.len().saturating_sub(SHOWN_LINES));
    last.map(|line| line.chars().take(SHOWN_CHARACTERS).collect::<String>()).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_lines_the_causes_are_shown_without_their_stack() {
        let text = "INFO  Starting...\n".repeat(SHOWN_LINES)
            + "ERROR Failed to start\njava.lang.RuntimeException: Error\n\tat a.b(c)\nCaused by: bind failed\n\t... 6 more\n\
               INFO  Stopped.\n";
        assert_eq!(
            telling_lines(&text),
            "ERROR Failed to start\njava.lang.RuntimeException: Error\nCaused by: bind failed"
        );
    }

    #[test]
    fn few_lines_are_all_shown() {
        assert_eq!(telling_lines("one\n\ntwo\n"), "one\ntwo");
    }
}
