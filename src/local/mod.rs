//! The servers that the default configuration starts, so that one command is enough to run Seeka.
//!
//! [`LocalNeo4j`] is a real Neo4j in a child process, [`LocalS3`] an S3 endpoint in this process. Both keep
//! what they store in a [`DataFolder`] and listen on this machine only.

mod child;
mod console;
mod data_folder;
mod java;
mod maven;
mod neo4j;
mod neo4j_home;
mod s3;
mod supervisor;

use std::{
    io,
    path::{Path, PathBuf},
};

pub use data_folder::{DataFolder, kept_text};
pub use neo4j::{LocalNeo4j, Neo4jLine, Neo4jSettings, RunningNeo4j};
pub use s3::LocalS3;

/// Why a local server could not be started, said so that a newcomer knows what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another process works in the data folder.
    #[error("{} is in use by another process (id {process}): stop that one, or choose another data folder", path.display())]
    InUse {
        /// The data folder.
        path: PathBuf,
        /// The process that holds it, 0 if it did not say.
        process: u32,
    },
    /// The operating system refused something about a file or a folder.
    #[error("could not {action} {}: {source}", path.display())]
    File {
        /// What was attempted.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The reason that the operating system gave.
        source: io::Error,
    },
    /// What a file or folder holds cannot be used.
    #[error("could not use {}: {reason}", path.display())]
    Files {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// There is no free port on this machine.
    #[error("could not listen on a free port of 127.0.0.1: {0}")]
    Port(#[source] io::Error),
    /// Another program took the port while Neo4j was starting.
    #[error("port {0} was taken by another program while Neo4j was starting: start again")]
    PortTaken(u16),
    /// No Java that can run Neo4j was found.
    #[error("no Java {needed} was found to run Neo4j with ({found})\n{WAYS_OUT}")]
    NoJava {
        /// The versions that would do.
        needed: &'static str,
        /// What was found instead.
        found: String,
    },
    /// Maven is needed to fetch Neo4j and was not found.
    #[error("Maven (mvn) was not found, which fetches Neo4j once\n{WAYS_OUT}")]
    NoMaven,
    /// Maven could not fetch Neo4j.
    #[error(
        "Maven could not fetch Neo4j {version}: check the network (a proxy belongs into ~/.m2/settings.xml) and start again. It said:\n{output}"
    )]
    Fetch {
        /// The version of Neo4j.
        version: &'static str,
        /// The last lines that Maven wrote.
        output: String,
    },
    /// A program could not be run at all.
    #[error("could not run {}: {source}", program.display())]
    Run {
        /// The program.
        program: PathBuf,
        /// The reason that the operating system gave.
        source: io::Error,
    },
    /// The Neo4j of an earlier server has not ended yet.
    #[error("the Neo4j of an earlier start is still running: wait or end it, then start again (it holds {})", log.display())]
    StillRunning {
        /// The file that it holds locked.
        log: PathBuf,
    },
    /// The password of Neo4j is gone although its data are there.
    #[error("{} is missing, so the graph in that folder cannot be opened: put the file back, or remove the folder to begin with an empty graph", .0.display())]
    PasswordMissing(PathBuf),
    /// The password of Neo4j could not be set.
    #[error("the password of Neo4j could not be set. {0}")]
    Password(String),
    /// Neo4j ended instead of starting.
    #[error("Neo4j did not start; all it said is in {}. {output}", log.display())]
    Ended {
        /// The file with its whole output.
        log: PathBuf,
        /// The last lines that tell something.
        output: String,
    },
    /// Neo4j did not answer in time.
    #[error("Neo4j did not answer within {seconds} seconds; what it said is in {}", log.display())]
    Slow {
        /// The limit.
        seconds: u64,
        /// The file with its output.
        log: PathBuf,
    },
}

/// What to do where Neo4j cannot be run on this machine.
const WAYS_OUT: &str = "There are three ways to a graph; choose one:
  1. install Maven and a JDK 21 or newer (17 works too), and start again
  2. run `docker compose up`
  3. set NEO4J_URI, NEO4J_USER and NEO4J_PASSWORD to a Neo4j that is running";

/// Returns a function that adds to an error of the operating system what was attempted on which file.
fn file_error(action: &'static str, path: &Path) -> impl Fn(io::Error) -> StartError + use<> {
    let path = path.to_owned();
    move |source| StartError::File { action, path: path.clone(), source }
}
