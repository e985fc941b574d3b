//! A server of its own on the Neo4j that all tests share, with its log in a file.

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::support::{Client, PATIENT, SeekaProcess, TestApp, data_folder};

/// Every field has an alias where everything is asked for.
const ROOM: [&str; 3] = ["--max-aliases=10000", "--seed=never", "--graphiql=off"];

pub(super) struct Server {
    process: SeekaProcess,
    pub(super) data: PathBuf,
    log: PathBuf,
}

impl Server {
    pub(super) async fn start(app: &TestApp) -> Self {
        let data = data_folder("discreet");
        std::fs::create_dir_all(&data).unwrap();
        let log = Path::new(&data).join("log");
        // The Neo4j is there already.
        let patient = PATIENT.iter().copied().filter(|flag| !flag.starts_with("--local-neo4j"));
        let own = ["--data", data.as_str(), "--log", "debug,h2=info,neo4rs=warn"];
        let arguments: Vec<_> = own.into_iter().chain(patient).chain(ROOM).collect();
        let process = SeekaProcess::start_with(&arguments, &app.neo4j(), File::create(&log).unwrap()).await;
        Self { process, data: PathBuf::from(data), log }
    }

    pub(super) fn client(&self) -> Client {
        self.process.client()
    }

    pub(super) fn log(&self) -> String {
        std::fs::read_to_string(&self.log).unwrap()
    }
}
