//! The public audit of GraphQL over HTTP: every requirement of <https://graphql.github.io/graphql-over-http/draft/> that
//! the authors of its reference implementation test, with their own program.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use serde::Deserialize;
use tokio::fs;
use tokio::process::Command;

use crate::support::TestApp;

/// What the server does not do on purpose, by the requirement's id, with the reason. A MUST cannot stand here.
const DECLINED: [(&str, &str); 0] = [];

/// What npm installs, and the program that runs it.
const FILES: [&str; 4] = ["package.json", "package-lock.json", ".npmrc", "audit.mjs"];

/// A requirement and whether it is met, as `tests/audit/audit.mjs` prints it.
#[derive(Deserialize)]
struct Requirement {
    id: String,
    name: String,
    status: String,
    reason: Option<String>,
}

#[tokio::test]
async fn the_server_passes_the_public_audit_of_graphql_over_http() {
    let app = TestApp::get().await;
    let folder = install().await;
    let url = format!("http://{}/graphql", app.address());
    let output = run("node", &["audit.mjs", &url], &folder).await;
    let lines = String::from_utf8(output.stdout).expect("the audit prints text");
    let requirements: Vec<Requirement> =
        lines.lines().map(|line| serde_json::from_str(line).expect("a requirement")).collect();
    assert!(requirements.len() > 50, "the audit was cut short:\n{lines}");

    let failing: Vec<_> = requirements.iter().filter(|requirement| requirement.status != "ok").collect();
    for Requirement { id, name, reason, .. } in &failing {
        println!("{id} {name}: {}", reason.as_deref().unwrap_or_default());
    }
    println!("{} of {} requirements are met", requirements.len() - failing.len(), requirements.len());

    let declined = |id: &str| DECLINED.iter().any(|(declined, _)| *declined == id);
    let missed = failing.iter().filter(|requirement| requirement.status == "error" || !declined(&requirement.id));
    let missed: Vec<_> = missed.map(|requirement| (&requirement.id, &requirement.name)).collect();
    assert!(missed.is_empty(), "not met: {missed:#?}");
    for (id, reason) in DECLINED {
        assert!(failing.iter().any(|requirement| requirement.id == id), "{id} is met, although {reason}");
    }
}

/// Has npm install the audit below the target folder, unless it did so before.
async fn install() -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/audit");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("audit");
    fs::create_dir_all(&folder).await.expect("the target folder can be written to");
    for name in FILES {
        fs::copy(source.join(name), folder.join(name)).await.unwrap_or_else(|error| panic!("{name}: {error}"));
    }
    let wanted = fs::read(folder.join("package-lock.json")).await.expect("just copied");
    let installed = folder.join("installed");
    if fs::read(&installed).await.is_ok_and(|lock| lock == wanted) {
        return folder;
    }
    run("npm", &["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"], &folder).await;
    fs::write(installed, wanted).await.expect("the target folder can be written to");
    folder
}

/// Runs a program of Node.js to its end, which must be a good one.
async fn run(program: &str, arguments: &[&str], folder: &Path) -> Output {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).stdin(Stdio::null()).kill_on_drop(true);
    let output = command.output().await.unwrap_or_else(|error| panic!("the audit needs {program}: {error}"));
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {complaint}");
    output
}
