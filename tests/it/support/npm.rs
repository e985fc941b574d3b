use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Has npm install what a folder of `tests/` asks for below the target folder, unless it did so before.
pub(crate) fn install(name: &str, program: &str) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).expect("the target folder can be written to");
    for file in ["package.json", "package-lock.json", ".npmrc", program] {
        std::fs::copy(source.join(file), folder.join(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
    }
    let wanted = std::fs::read(folder.join("package-lock.json")).expect("just copied");
    let installed = folder.join("installed");
    if std::fs::read(&installed).is_ok_and(|lock| lock == wanted) {
        return folder;
    }
    run("npm", &["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"], &folder);
    std::fs::write(installed, wanted).expect("the target folder can be written to");
    folder
}

/// Runs a program of Node.js to its end, which must be a good one.
pub(crate) fn run(program: &str, arguments: &[&str], folder: &Path) -> Output {
    let mut command = Command::new(program);
    let output = command.args(arguments).current_dir(folder).stdin(Stdio::null()).output();
    let output = output.unwrap_or_else(|error| panic!("these tests need {program}: {error}"));
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {arguments:?}: {complaint}");
    output
}
