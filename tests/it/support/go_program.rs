use std::path::{Path, PathBuf};

use tokio::process::Command;

/// A server of a test that Go installs, once, into a folder with the version in its name.
pub(super) struct GoProgram {
    /// What `go install` takes, with the version.
    pub(super) package: &'static str,
    /// The folder below the target folder of tests.
    pub(super) folder: &'static str,
    /// The name of the file.
    pub(super) file: &'static str,
    /// What the tests are of that need it.
    pub(super) needed_by: &'static str,
}

impl GoProgram {
    /// Where it is, once it is installed.
    pub(super) async fn installed(&self) -> PathBuf {
        let Self { package, folder, file, needed_by } = self;
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
        let program = folder.join(file);
        if !program.exists() {
            let mut install = Command::new("go");
            install.args(["install", package]).env("GOBIN", &folder).current_dir(env!("CARGO_TARGET_TMPDIR"));
            let output = install.output().await;
            let output = output
                .unwrap_or_else(|error| panic!("the tests of {needed_by} need Go, to install {package}: {error}"));
            assert!(output.status.success(), "go install {package}: {}", String::from_utf8_lossy(&output.stderr));
        }
        program
    }
}
