//! A real Neo4j in a child process, for when none is configured.

use std::{
    io,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::watch,
    task::JoinHandle,
    time::{sleep, timeout},
};

use super::{
    DataFolder, StartError,
    child::TiedChild,
    java::Places,
    maven::libraries,
    neo4j_home::{Home, written_down},
    supervisor::supervise,
};

/// The user that Neo4j has from the start.
const USER: &str = "neo4j";

/// How many ports are tried when other programs take the chosen one before Neo4j does.
const PORT_ATTEMPTS: usize = 3;

/// How often a starting Neo4j is asked whether it answers.
const ASK_EVERY: Duration = Duration::from_millis(50);

/// How long one such question may take.
const ASK_LIMIT: Duration = Duration::from_secs(2);

/// The first bytes of a Bolt connection: the magic number and four proposed versions, of which one suffices.
const BOLT_GREETING: [u8; 20] = [0x60, 0x60, 0xB0, 0x17, 0, 0, 4, 5, 0, 0, 4, 4, 0, 0, 0, 0, 0, 0, 0, 0];

/// The two lines of Neo4j that are known to work.
///
/// They cannot open each other's data, so each has a folder of its own and changing the line gives another graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Neo4jLine {
    /// The current release, which needs Java 21 or newer; its graph is in `neo4j-2026/`.
    Current,
    /// The release with long-term support, made for Java 17 and 21; its graph is in `neo4j-5/`.
    LongTerm,
}

impl Neo4jLine {
    /// Returns the exact version, which is part of Maven's coordinates.
    pub(super) fn version(self) -> &'static str {
        match self {
            Self::Current => "2026.08.1",
            Self::LongTerm => "5.26.30",
        }
    }

    /// Returns how many jars there are, which is only for showing how far a fetch is.
    pub(super) fn jars(self) -> usize {
        match self {
            Self::Current => 225,
            Self::LongTerm => 213,
        }
    }

    /// Returns the folder in the data folder.
    pub(super) fn folder(self) -> &'static str {
        match self {
            Self::Current => "neo4j-2026",
            Self::LongTerm => "neo4j-5",
        }
    }

    /// Returns the class that starts the server.
    pub(super) fn main_class(self) -> &'static str {
        match self {
            Self::Current => "org.neo4j.server.Neo4jCommunity",
            Self::LongTerm => "org.neo4j.server.CommunityEntryPoint",
        }
    }

    /// Returns the options of Java that only this line needs.
    pub(super) fn options(self) -> &'static [&'static str] {
        match self {
            Self::Current => &["--add-modules=jdk.incubator.vector"],
            Self::LongTerm => &[],
        }
    }

    /// Returns the settings that only this line knows.
    pub(super) fn configuration(self) -> &'static str {
        match self {
            // The fleet settings keep it from looking for other servers on the network.
            Self::Current => {
                "server.fleet_discovery.enabled=false
dbms.fleet_manager.enabled=false
internal.dbms.bolt.netty_server_shutdown_quiet_period_duration=0s
"
            }
            Self::LongTerm => "internal.dbms.bolt.netty_server_shutdown_quiet_period=0\n",
        }
    }
}

/// How the local Neo4j is to be run.
#[derive(Debug, Clone)]
pub struct Neo4jSettings {
    /// The line; without one the newest Java of the machine decides.
    pub line: Option<Neo4jLine>,
    /// The most that Java may take for objects.
    pub heap_mb: u32,
    /// Further options of Java, which come after those that Neo4j needs.
    pub java_options: Vec<String>,
    /// The memory that keeps parts of the graph's files.
    pub page_cache_mb: u32,
    /// Where the libraries are kept; several data folders may share them.
    pub servers: PathBuf,
    /// How long Neo4j may take until it answers; fetching it does not count.
    pub start_timeout: Duration,
}

/// A running Neo4j on a free port of this machine, which is started again when it ends unexpectedly.
///
/// It ends when this value is dropped and when this process ends, however that happens.
pub struct LocalNeo4j {
    port: u16,
    password: String,
    home: Arc<Home>,
    stop: watch::Sender<()>,
    supervisor: JoinHandle<()>,
}

impl LocalNeo4j {
    /// Starts Neo4j, fetches it first if it is not there, and returns when it answers.
    ///
    /// # Errors
    ///
    /// Each [`StartError`] tells what to do about it.
    pub async fn start(data: &DataFolder, settings: &Neo4jSettings) -> Result<Self, StartError> {
        let places = Places::of_this_machine();
        let (java, line) = places.java(settings.line).await?;
        let libraries = libraries(&settings.servers, line, &java, &places).await?;
        let started = Instant::now();
        let home = Arc::new(Home::open(data, line, settings, java, libraries)?);
        let (child, port, password) = first_start(&home, settings.start_timeout).await?;
        tracing::info!("Neo4j {} answers on port {port} after {} ms", line.version(), started.elapsed().as_millis());
        let (stop, stopped) = watch::channel(());
        let supervisor = tokio::spawn(supervise(home.clone(), child, port, settings.start_timeout, stopped));
        Ok(Self { port, password, home, stop, supervisor })
    }

    /// Returns the address for Bolt drivers, which stays the same when Neo4j is started again.
    #[must_use]
    pub fn uri(&self) -> String {
        uri(self.port)
    }

    /// Returns the name of the user.
    #[must_use]
    pub fn user(&self) -> &str {
        USER
    }

    /// Returns the password of the user.
    #[must_use]
    pub fn password(&self) -> &str {
        &self.password
    }

    /// Returns the process id of the Java that runs Neo4j, if it runs now.
    #[must_use]
    pub fn process_id(&self) -> Option<u32> {
        self.home.process_id()
    }

    /// Stops Neo4j and returns when it has ended, by force if it takes too long.
    pub async fn stop(mut self) {
        // The supervisor may have given up already; then there is nobody to tell.
        let _ = self.stop.send(());
        let _ = (&mut self.supervisor).await;
    }
}

impl Drop for LocalNeo4j {
    fn drop(&mut self) {
        self.supervisor.abort();
    }
}

/// A Neo4j that another process runs in a data folder.
#[derive(Debug)]
pub struct RunningNeo4j {
    /// Its address for Bolt drivers.
    pub uri: String,
    /// The password of [`LocalNeo4j::user`].
    pub password: String,
}

impl RunningNeo4j {
    /// The user that it knows.
    pub const USER: &str = USER;

    /// Finds the one that answers in a data folder; both lines may have been started there, one after the other.
    pub async fn find(data: &Path) -> Option<Self> {
        for line in [Neo4jLine::Current, Neo4jLine::LongTerm] {
            let Some((port, password)) = written_down(data, line) else { continue };
            if matches!(timeout(ASK_LIMIT, greet(port)).await, Ok(Ok(()))) {
                return Some(Self { uri: uri(port), password });
            }
        }
        None
    }
}

fn uri(port: u16) -> String {
    format!("bolt://127.0.0.1:{port}")
}

/// Starts Neo4j for the first time in this process, on a port that nobody else takes.
async fn first_start(home: &Home, limit: Duration) -> Result<(TiedChild, u16, String), StartError> {
    drop(home.console.begin().await?);
    let mut attempt = 1;
    loop {
        let port = free_port().map_err(StartError::Port)?;
        home.configure(port)?;
        let password = home.password().await?;
        match start_once(home, port, limit).await {
            Err(StartError::PortTaken(_)) if attempt < PORT_ATTEMPTS => attempt += 1,
            started => return Ok((started?, port, password)),
        }
    }
}

/// Starts Neo4j once and waits until it answers.
pub(super) async fn start_once(home: &Home, port: u16, limit: Duration) -> Result<TiedChild, StartError> {
    let console = home.console.lock().await?;
    let before = home.console.length();
    let mut child = home.start(console)?;
    let ended = async {
        // Why waiting failed does not matter: the child is not usable.
        let _ = child.wait().await;
    };
    let answered = tokio::select! {
        () = ended => Some(false),
        answered = timeout(limit, answers(port)) => answered.ok().map(|()| true),
    };
    match answered {
        Some(true) => Ok(child),
        Some(false) => {
            let output = home.console.last_lines(before);
            if ["Address already in use", "PortBindException"].iter().any(|sign| output.contains(sign)) {
                return Err(StartError::PortTaken(port));
            }
            Err(StartError::Ended { log: home.console.path().to_owned(), output })
        }
        None => {
            child.end().await;
            Err(StartError::Slow { seconds: limit.as_secs(), log: home.console.path().to_owned() })
        }
    }
}

/// Finds a free port by taking one and letting go of it.
fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Waits until something answers in Bolt on the port.
async fn answers(port: u16) {
    while !matches!(timeout(ASK_LIMIT, greet(port)).await, Ok(Ok(()))) {
        sleep(ASK_EVERY).await;
    }
}

/// Greets a Bolt server and reads which version it chose, whichever that is.
async fn greet(port: u16) -> io::Result<()> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    stream.write_all(&BOLT_GREETING).await?;
    stream.read_exact(&mut [0; 4]).await?;
    Ok(())
}
