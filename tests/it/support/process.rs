use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::{Child, Command};

use super::Client;

/// An empty data folder below the target folder, with a space in its name as people have them.
///
/// What an earlier run left is removed, unless a process still works in it.
pub(crate) fn data_folder(name: &str) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("seeka {name}"));
    if let Ok(lock) = File::open(path.join("lock")) {
        lock.try_lock().unwrap_or_else(|_| panic!("{} is in use: do the tests run already?", path.display()));
    }
    if path.exists() {
        // A Neo4j of an aborted run may take a moment to end and still write.
        let deadline = Instant::now() + Duration::from_secs(20);
        while let Err(error) = fs::remove_dir_all(&path) {
            assert!(Instant::now() < deadline, "{} cannot be removed: {error}", path.display());
            std::thread::sleep(Duration::from_millis(200));
        }
    }
    path.to_str().expect("the folder's name is Unicode").to_owned()
}

/// Where the programs of local servers are kept: what `cargo run` has fetched is not fetched again.
pub(crate) fn servers_folder() -> String {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), ".seeka", "servers"].iter().collect();
    path.to_str().expect("the folder's name is Unicode").to_owned()
}

/// An option of Java for a Neo4j of the tests: it ends soon, and would not get back the time that is spent on making it fast.
const SHORT_LIVED: &str = "-XX:TieredStopAtLevel=1";

/// The program itself, as `cargo run` runs it.
pub(crate) struct SeekaProcess {
    child: Child,
    /// Where it answers.
    pub(crate) base: String,
}

impl SeekaProcess {
    /// The program with a clean environment and these arguments.
    pub(crate) fn command(arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_seeka"));
        for (name, _) in std::env::vars() {
            let setting = ["NEO4J_", "S3_", "AWS_", "SEEKA_", "OTEL_"].iter().any(|prefix| name.starts_with(prefix));
            if setting && name != "SEEKA_LOCAL_NEO4J" {
                command.env_remove(name);
            }
        }
        command.env("SEEKA_LOCAL_NEO4J_JAVA_OPTIONS", SHORT_LIVED);
        command.args(arguments).stdin(Stdio::null()).kill_on_drop(true);
        command
    }

    /// Starts the server on a free port and waits until it says where it answers.
    pub(crate) async fn start(arguments: &[&str]) -> Self {
        Self::start_with(arguments, &[], Stdio::inherit()).await
    }

    /// Starts the server with these variables, too, and with its log somewhere else.
    pub(crate) async fn start_with(arguments: &[&str], variables: &[(&str, &str)], log: impl Into<Stdio>) -> Self {
        let servers = servers_folder();
        let arguments = [&["--addr", "127.0.0.1:0", "--servers", &servers], arguments].concat();
        let mut command = Self::command(&arguments);
        command.envs(variables.iter().copied()).stdout(Stdio::piped()).stderr(log);
        let mut child = command.spawn().expect("seeka runs");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let line = lines.next_line().await.expect("seeka writes").expect("seeka starts");
        let base = line.split_whitespace().find_map(|word| word.strip_suffix("/graphql;"));
        let base = base.unwrap_or_else(|| panic!("no address in {line:?}")).to_owned();
        Self { child, base }
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(&self.base)
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id().expect("seeka runs")
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let id = self.child.id().and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        kill_process(id.expect("seeka runs"), signal).expect("seeka can be signalled");
    }

    /// Waits for the end and returns the exit code, if it ended by itself.
    pub(crate) async fn end(mut self) -> Option<i32> {
        let end = tokio::time::timeout(Duration::from_mins(1), self.child.wait()).await;
        end.expect("seeka ends").expect("seeka can be waited for").code()
    }

    /// Runs the program to its end: exit code, standard output, standard error.
    pub(crate) async fn run(arguments: &[&str], variables: &[(&str, &str)]) -> (Option<i32>, String, String) {
        let mut command = Self::command(arguments);
        command.envs(variables.iter().copied()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("seeka runs");
        let (mut out, mut err) = (String::new(), String::new());
        let (mut stdout, mut stderr) = (child.stdout.take().expect("a pipe"), child.stderr.take().expect("a pipe"));
        let reading = async { tokio::join!(stdout.read_to_string(&mut out), stderr.read_to_string(&mut err)) };
        let _ = tokio::time::timeout(Duration::from_mins(4), reading).await.expect("seeka ends");
        (child.wait().await.expect("seeka ends").code(), out, err)
    }
}
