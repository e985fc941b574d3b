use std::net::TcpListener;
use std::process::Stdio;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::process::{Child, Command};

use super::go_program::GoProgram;

/// <https://github.com/Shopify/toxiproxy>: its module needs Go 1.17, `go install` of a version 1.16.
const PROGRAM: GoProgram = GoProgram {
    package: "github.com/Shopify/toxiproxy/v2/cmd/server@v2.5.0",
    folder: "toxiproxy-2.5.0",
    file: "server",
    needed_by: "faults",
};

/// A proxy that breaks connections in the ways that networks do. It ends with this value.
pub(crate) struct Toxiproxy {
    child: Child,
    api: String,
    http: reqwest::Client,
    /// Where it takes connections for what is behind it.
    pub(crate) address: String,
}

impl Toxiproxy {
    /// Starts it in front of `upstream`, a host with a port. Go installs it once and for all.
    pub(crate) async fn start(upstream: &str) -> Self {
        let program = PROGRAM.installed().await;
        let port = TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port();
        let mut command = Command::new(program);
        command.args(["-host", "127.0.0.1", "-port", &port.to_string()]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        let child = command.spawn().expect("toxiproxy runs");
        let api = format!("http://127.0.0.1:{port}");
        let mut proxy = Self { child, api, http: reqwest::Client::new(), address: String::new() };
        let wanted = json!({"name": "neo4j", "listen": "127.0.0.1:0", "upstream": upstream, "enabled": true});
        let mut attempts = 0;
        let made = loop {
            match proxy.http.post(format!("{}/proxies", proxy.api)).json(&wanted).send().await {
                Ok(response) => break response.json::<Value>().await.expect("a proxy"),
                Err(error) if attempts == 100 => panic!("toxiproxy does not answer: {error}"),
                Err(_) => tokio::time::sleep(Duration::from_millis(50)).await,
            }
            attempts += 1;
        };
        proxy.address = made["listen"].as_str().unwrap_or_else(|| panic!("{made}")).to_owned();
        proxy
    }

    /// Its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id().expect("toxiproxy runs")
    }

    /// Does this to what comes back from Neo4j, on open connections and on new ones.
    pub(crate) async fn poison(&self, toxic: &str, attributes: Value) {
        let toxic = json!({"type": toxic, "stream": "downstream", "attributes": attributes});
        self.call("/proxies/neo4j/toxics", toxic).await;
    }

    /// Closes all connections and takes no new ones.
    pub(crate) async fn go_down(&self) {
        self.call("/proxies/neo4j", json!({"enabled": false})).await;
    }

    /// Lets everything through again.
    pub(crate) async fn heal(&self) {
        self.call("/reset", json!({})).await;
    }

    async fn call(&self, path: &str, body: Value) {
        let request = self.http.request(Method::POST, format!("{}{path}", self.api)).json(&body);
        let response = request.send().await.expect("toxiproxy answers");
        assert!(response.status().is_success(), "{path}: {}", response.text().await.unwrap_or_default());
    }
}

/// How many connections a process has to a port of this machine, according to the operating system.
pub(crate) fn connections_to(process: u32, address: &str) -> usize {
    let port: u16 = address.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    let descriptors = std::fs::read_dir(format!("/proc/{process}/fd")).expect("the process runs");
    let links = descriptors.filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok());
    let sockets: Vec<String> = links.map(|link| link.display().to_string()).collect();
    // Columns: number, local address, remote address, state, queues, timer, retransmits, user, timeout, inode.
    // https://www.kernel.org/doc/html/latest/networking/proc_net_tcp.html
    let table = std::fs::read_to_string("/proc/net/tcp").expect("a table of connections");
    let rows = table.lines().skip(1).map(|row| row.split_whitespace().collect::<Vec<_>>());
    let remote = format!(":{port:04X}");
    rows.filter(|row| row[2].ends_with(&remote) && sockets.contains(&format!("socket:[{}]", row[9]))).count()
}
