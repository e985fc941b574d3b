//! The folder in which one line of Neo4j lives: its configuration, its password and its data.

use std::{
    ffi::OsString,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
    process::Stdio,
};

use tokio::process::Command;

use super::{
    DataFolder, Neo4jLine, Neo4jSettings, StartError,
    child::{TiedChild, tied_command},
    console::Console,
    data_folder::{create_folder, new_secret, read_if_there, write_secret},
    file_error,
    java::Java,
};

/// The class that sets the password. It takes `@file` for an argument that stands in a file, so the password
/// does not appear in the list of processes.
const ADMIN_CLASS: &str = "org.neo4j.cli.AdminTool";

/// Where the configuration is.
const CONFIGURATION: &str = "conf/neo4j.conf";

/// The setting of the address where Bolt listens, up to the port.
const BOLT_ADDRESS: &str = "server.bolt.listen_address=127.0.0.1:";

/// Everything that is needed to run Neo4j.
#[derive(Debug)]
pub(super) struct Home {
    pub(super) console: Console,
    path: PathBuf,
    line: Neo4jLine,
    java: Java,
    libraries: PathBuf,
    heap_mb: u32,
    java_options: Vec<String>,
    page_cache_mb: u32,
}

impl Home {
    /// Opens the folder of a line, which is created if it is not there.
    pub(super) fn open(
        data: &DataFolder,
        line: Neo4jLine,
        settings: &Neo4jSettings,
        java: Java,
        libraries: PathBuf,
    ) -> Result<Self, StartError> {
        let path = data.path().join(line.folder());
        create_folder(&path.join("conf"))?;
        Ok(Self {
            console: Console::new(path.join("console.log")),
            path,
            line,
            java,
            libraries,
            heap_mb: settings.heap_mb,
            java_options: settings.java_options.clone(),
            page_cache_mb: settings.page_cache_mb,
        })
    }

    /// Writes the configuration, which is not meant to be edited, with the port of this start.
    pub(super) fn configure(&self, port: u16) -> Result<(), StartError> {
        let path = self.path.join(CONFIGURATION);
        fs::write(&path, configuration(self.line, port, self.page_cache_mb)).map_err(file_error("write", &path))
    }

    /// Returns the password, which is generated and set before Neo4j starts for the first time.
    ///
    /// It is written down before it is set, and that it was set is noted after that; setting it once more is
    /// allowed until Neo4j has started, so a start that was cut off at any point can be repeated.
    pub(super) async fn password(&self) -> Result<String, StartError> {
        let path = self.path.join("password");
        let is_set = self.path.join("password-is-set");
        let password = match read_if_there(&path)? {
            Some(password) => password.trim().to_owned(),
            None if self.path.join("data").is_dir() => return Err(StartError::PasswordMissing(path)),
            None => {
                let password = new_secret();
                write_secret(&path, &password)?;
                password
            }
        };
        if !is_set.exists() {
            self.set_password(&path).await?;
            fs::write(&is_set, "").map_err(file_error("write", &is_set))?;
        }
        Ok(password)
    }

    /// Has Neo4j's own tool set the password of the user `neo4j`.
    async fn set_password(&self, password: &Path) -> Result<(), StartError> {
        let console = self.console.lock().await?;
        let before = self.console.length();
        let mut argument = OsString::from("@");
        argument.push(password);
        let mut command = self.java_command(ADMIN_CLASS, console)?;
        command
            .args(["dbms", "set-initial-password"])
            .arg(argument)
            .env("NEO4J_HOME", &self.path)
            .env_remove("NEO4J_CONF");
        let status = self.spawn(command)?.wait().await.map_err(|source| self.not_run(source))?;
        if status.success() { Ok(()) } else { Err(StartError::Password(self.console.last_lines(before))) }
    }

    /// Starts Neo4j with its output, and so the lock on its data, in the hands of the child alone.
    pub(super) fn start(&self, console: File) -> Result<TiedChild, StartError> {
        self.forget_process_id();
        let mut command = self.java_command(self.line.main_class(), console)?;
        command.arg(self.argument("--home-dir=", "")).arg(self.argument("--config-dir=", "conf")).arg("--console-mode");
        self.spawn(command)
    }

    /// Returns the process id of the Java that runs Neo4j.
    pub(super) fn process_id(&self) -> Option<u32> {
        fs::read_to_string(self.process_id_file()).ok()?.trim().parse().ok()
    }

    /// Removes the process id of a Neo4j that has ended, so that it is not taken for the next one.
    pub(super) fn forget_process_id(&self) {
        // At the first start there is none.
        let _ = fs::remove_file(self.process_id_file());
    }

    fn process_id_file(&self) -> PathBuf {
        self.path.join("process-id")
    }

    /// Returns an argument that names a path in this folder.
    fn argument(&self, name: &str, path: &str) -> OsString {
        let mut argument = OsString::from(name);
        argument.push(self.path.join(path));
        argument
    }

    /// Returns the command that runs a class of Neo4j.
    fn java_command(&self, class: &str, console: File) -> Result<Command, StartError> {
        let second = console.try_clone().map_err(file_error("open", self.console.path()))?;
        let mut command = tied_command(&self.java.program, &self.process_id_file());
        command
            .arg(format!("-Xmx{}m", self.heap_mb))
            .args(OPTIONS)
            .args(self.line.options())
            .args(self.java.options())
            .args(&self.java_options)
            .arg(self.argument("-XX:ErrorFile=", "logs/java-error-%p.log"))
            // The class path is relative, because a colon in a folder's name would split it.
            .args(["-cp", "lib/*", class])
            .current_dir(&self.libraries)
            .stdout(Stdio::from(console))
            .stderr(Stdio::from(second));
        Ok(command)
    }

    fn spawn(&self, command: Command) -> Result<TiedChild, StartError> {
        TiedChild::spawn(command).map_err(|source| self.not_run(source))
    }

    fn not_run(&self, source: io::Error) -> StartError {
        StartError::Run { program: self.java.program.clone(), source }
    }
}

/// The port and the password of a line of Neo4j in a data folder, as its last start has written them down.
pub(super) fn written_down(data: &Path, line: Neo4jLine) -> Option<(u16, String)> {
    let path = data.join(line.folder());
    let configuration = fs::read_to_string(path.join(CONFIGURATION)).ok()?;
    let port = configuration.lines().find_map(|line| line.strip_prefix(BOLT_ADDRESS))?.trim().parse().ok()?;
    let password = fs::read_to_string(path.join("password")).ok()?;
    Some((port, password.trim().to_owned()))
}

/// The options of Java for both lines. A Neo4j without memory ends, so that it is started again, instead of
/// going on half dead.
const OPTIONS: [&str; 8] = [
    "-XX:+UseG1GC",
    "-XX:+ExitOnOutOfMemoryError",
    "-Dfile.encoding=UTF-8",
    "-Djava.awt.headless=true",
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "--enable-native-access=ALL-UNNAMED",
];

/// Returns the text of the configuration.
///
/// Only Bolt listens, and only on this machine. The transaction log is not allocated in advance (a new graph
/// would take half a gigabyte) and old parts of it are dropped early, because nothing here restores from them.
/// Stopping does not wait for threads of Bolt that have nothing to do, which takes ten seconds by default.
fn configuration(line: Neo4jLine, port: u16, page_cache_mb: u32) -> String {
    let mut text = format!(
        "# Written at every start; changes are lost.
server.default_listen_address=127.0.0.1
{BOLT_ADDRESS}{port}
server.bolt.advertised_address=127.0.0.1:{port}
server.http.enabled=false
server.https.enabled=false
server.memory.pagecache.size={page_cache_mb}m
dbms.security.auth_enabled=true
dbms.usage_report.enabled=false
db.transaction.timeout={TRANSACTION_LIMIT_SECONDS}s
db.tx_log.preallocate=false
dbms.cypher.min_replan_interval={REPLAN_SECONDS}s
db.tx_log.rotation.retention_policy=256M size
internal.server.bolt.thread_pool_shutdown_wait_time=1s
"
    );
    text.push_str(line.configuration());
    text
}

/// How long a plan is kept at the least. By default it is made anew every ten seconds while a graph is
/// filled, and on a small machine planning costs more than running.
const REPLAN_SECONDS: u32 = 600;

/// After how long Neo4j ends a transaction that everybody else forgot.
const TRANSACTION_LIMIT_SECONDS: u32 = 120;
