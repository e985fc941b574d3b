use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use seeka::config::Secret;
use seeka::storage::{Storage, StorageSettings};
use tokio::process::{Child, Command};
use tokio::sync::OnceCell;

use super::free_port;
use super::go_program::GoProgram;

/// <https://github.com/versity/versitygw>
const PROGRAM: GoProgram = GoProgram {
    package: "github.com/versity/versitygw/cmd/versitygw@v1.8.0",
    folder: "versitygw-1.8.0",
    file: "versitygw",
    needed_by: "files",
};
const KEYS: (&str, &str) = ("access", "a secret of the tests");
const BUCKET: &str = "files";

/// An S3 server that others have written. It ends with this value.
pub(crate) struct Versitygw {
    _child: Child,
    endpoint: String,
    /// Its bucket, without a server of ours in between.
    pub(crate) storage: Storage,
}

impl Versitygw {
    /// Starts it with an empty bucket. Go installs it once and for all.
    pub(crate) async fn start(name: &str) -> Self {
        let program = INSTALLED.get_or_init(|| PROGRAM.installed()).await;
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("versitygw {name}"));
        let _ = std::fs::remove_dir_all(&folder);
        let (data, side) = (folder.join("data"), folder.join("side"));
        for folder in [&data, &side] {
            std::fs::create_dir_all(folder).expect("a folder");
        }
        let port = free_port();
        let mut command = Command::new(program);
        command.env("ROOT_ACCESS_KEY", KEYS.0).env("ROOT_SECRET_KEY", KEYS.1);
        command.args(["--port", &format!("127.0.0.1:{port}"), "posix", "--sidecar"]).arg(side).arg(data);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        let child = command.spawn().expect("versitygw runs");
        let endpoint = format!("http://127.0.0.1:{port}");
        let _ = rustls::crypto::ring::default_provider().install_default();
        let storage = Storage::new(StorageSettings {
            endpoint: Some(endpoint.clone()),
            bucket: BUCKET.to_owned(),
            region: "us-east-1".to_owned(),
            credentials: (KEYS.0.to_owned(), Secret::from(KEYS.1.to_owned())),
            session_token: None,
            timeout: Duration::from_secs(10),
            url_lifetime: Duration::from_mins(10),
            cdn: None,
        });
        let mut attempts = 0;
        while let Err(error) = storage.ensure_bucket().await {
            assert!(attempts < 100, "versitygw does not answer: {error}");
            attempts += 1;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Self { _child: child, endpoint, storage }
    }

    /// The flags that lead a server to it.
    pub(crate) fn flags(&self) -> [String; 4] {
        [
            format!("--s3-endpoint={}", self.endpoint),
            format!("--s3-bucket={BUCKET}"),
            format!("--aws-access-key-id={}", KEYS.0),
            format!("--aws-secret-access-key={}", KEYS.1),
        ]
    }
}

/// Tests that start at once install it once.
static INSTALLED: OnceCell<PathBuf> = OnceCell::const_new();
