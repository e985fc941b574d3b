use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::process::{Child, Command};
use tokio::sync::OnceCell;

use super::go_program::GoProgram;

/// <https://github.com/axllent/mailpit>
const PROGRAM: GoProgram = GoProgram {
    package: "github.com/axllent/mailpit@v1.27.11",
    folder: "mailpit-1.27.11",
    file: "mailpit",
    needed_by: "mail",
};
/// How long a test waits for a mail: longer than the first attempts to send one are apart.
const PATIENCE: Duration = Duration::from_secs(40);

/// A mail server that keeps what it gets. It ends with this value.
pub(crate) struct Mailpit {
    _child: Child,
    api: String,
    http: reqwest::Client,
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|free| free.local_addr()).expect("a free port").port()
}

impl Mailpit {
    /// Starts it with SMTP on this port. Go installs it once and for all.
    pub(crate) async fn start(smtp: u16, flags: &[&str]) -> Self {
        let program = INSTALLED.get_or_init(|| PROGRAM.installed()).await;
        let api = free_port();
        let mut command = Command::new(program);
        command.args(["--smtp", &format!("127.0.0.1:{smtp}"), "--listen", &format!("127.0.0.1:{api}")]);
        let database = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("mailpit-{smtp}.db"));
        command.arg("--database").arg(database).args(["--disable-version-check", "--smtp-disable-rdns"]).args(flags);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        let child = command.spawn().expect("mailpit runs");
        let api = format!("http://127.0.0.1:{api}");
        let http = reqwest::Client::new();
        let deadline = Instant::now() + PATIENCE;
        while http.get(format!("{api}/readyz")).send().await.is_err() {
            assert!(Instant::now() < deadline, "mailpit does not answer");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Self { _child: child, api, http }
    }

    /// All that it got for an address so far.
    pub(crate) async fn mails_so_far(&self, address: &str) -> Vec<Value> {
        let list = self.ask("/api/v1/messages").await;
        let mails = list["messages"].as_array().expect("a list");
        mails.iter().filter(|mail| mail["To"][0]["Address"] == address).cloned().collect()
    }

    /// The mail for an address, once it is there, with its text.
    pub(crate) async fn mail_to(&self, address: &str) -> Value {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(mail) = self.mails_so_far(address).await.first() {
                return self.ask(&format!("/api/v1/message/{}", mail["ID"].as_str().unwrap())).await;
            }
            assert!(Instant::now() < deadline, "no mail to {address} arrives");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn ask(&self, path: &str) -> Value {
        let response = self.http.get(format!("{}{path}", self.api)).send().await.expect("mailpit answers");
        response.json().await.expect("JSON")
    }
}

/// Tests that start at once install it once.
static INSTALLED: OnceCell<PathBuf> = OnceCell::const_new();
