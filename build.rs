//! Prepares the `GraphiQL` page, so that the server holds all of it and a browser asks no other host for a part.
//!
//! The files of `web/` and a few of npm's are written compressed to `OUT_DIR/graphiql/`, with a list of them in
//! `OUT_DIR/graphiql.rs` that `src/graphiql.rs` includes. Without npm the build still works, and the page says what is missing.
#![expect(clippy::expect_used, reason = "a build script has nobody to hand an error to")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, fs};

/// The parts of the page that the server hands out as they are.
const OWN: [&str; 3] = ["app.js", "style.css", "favicon.svg"];

/// The page, and the one that takes its place when npm brought nothing.
const PAGES: [&str; 2] = ["index.html", "missing.html"];

/// What npm reads.
const MANIFEST: [&str; 3] = ["package.json", "package-lock.json", ".npmrc"];

/// What the page takes from npm, by the path under `node_modules/`.
const PARTS: [&str; 4] = [
    "graphiql/graphiql.min.js",
    "graphiql/graphiql.min.css",
    "react/umd/react.production.min.js",
    "react-dom/umd/react-dom.production.min.js",
];

fn main() {
    // No more than these is watched: no other change may bring this script back to work.
    println!("cargo::rerun-if-changed=build.rs");
    for name in OWN.iter().chain(&PAGES).chain(&MANIFEST).chain(&["NOTICE", "examples"]) {
        println!("cargo::rerun-if-changed=web/{name}");
    }

    let out = env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
    let out = Path::new(&out);
    let npm = out.join("npm");
    let installed = install(&npm);
    if let Err(reason) = &installed {
        println!("cargo::warning=The GraphiQL page is left out of this build: {reason}");
        println!(
            "cargo::warning=To get it, install Node.js with npm, go online, and run: touch build.rs && cargo build"
        );
    }

    let mut files = BTreeMap::new();
    for name in OWN {
        files.insert(name, read(&Path::new("web").join(name)));
    }
    files.insert("examples.js", examples());
    if installed.is_ok() {
        for part in PARTS {
            files.insert(file_name(part), read(&npm.join(file_name(part))));
        }
        files.insert("licences.txt", read(Path::new("web/NOTICE")) + &read(&npm.join("licences.txt")));
    }
    let [complete, missing] = PAGES;
    let page = read(&Path::new("web").join(if installed.is_ok() { complete } else { missing }));

    // Part of each address in the page, so that a browser may keep a file for good and still gets a changed one.
    let mut hasher = DefaultHasher::new();
    (&page, &files).hash(&mut hasher);
    let version = format!("{:016x}", hasher.finish());
    files.insert("index.html", page.replace("VERSION", &version));

    let folder = out.join("graphiql");
    fs::create_dir_all(&folder).expect("OUT_DIR is writable");
    let mut list = String::new();
    for (name, text) in &files {
        fs::write(folder.join(name), gzip(text)).expect("OUT_DIR is writable");
        writeln!(list, "({name:?}, include_bytes!(concat!(env!(\"OUT_DIR\"), \"/graphiql/{name}\"))),")
            .expect("a string takes all");
    }
    fs::write(out.join("graphiql.rs"), format!("&[\n{list}]")).expect("OUT_DIR is writable");
    println!("cargo::rustc-env=GRAPHIQL_VERSION={version}");
}

/// Has npm install what `web/package-lock.json` names, unless it did so before, and keeps only what the page needs in `npm`.
fn install(npm: &Path) -> Result<(), String> {
    let done = npm.join("done");
    let wanted = read(Path::new("web/package-lock.json"));
    if fs::read_to_string(&done).is_ok_and(|lock| lock == wanted) {
        return Ok(());
    }
    let _ = fs::remove_dir_all(npm);
    fs::create_dir_all(npm).expect("OUT_DIR is writable");
    for name in MANIFEST {
        fs::copy(Path::new("web").join(name), npm.join(name)).expect("web/ is complete and OUT_DIR is writable");
    }
    let run = Command::new("npm")
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"])
        .current_dir(npm)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("npm does not start ({error})."))?;
    if !run.status.success() {
        let output = String::from_utf8_lossy(&run.stderr);
        let why = output.lines().find(|line| line.contains("error")).unwrap_or("it gave no reason");
        return Err(format!("npm ci failed ({why})."));
    }
    let modules = npm.join("node_modules");
    for part in PARTS {
        fs::copy(modules.join(part), npm.join(file_name(part)))
            .map_err(|error| format!("npm did not bring {part} ({error})."))?;
    }
    let mut licences = String::new();
    collect_licences(&modules, &mut licences);
    fs::write(npm.join("licences.txt"), licences).expect("OUT_DIR is writable");
    fs::remove_dir_all(modules).expect("OUT_DIR is writable");
    fs::write(done, wanted).expect("OUT_DIR is writable");
    Ok(())
}

/// Adds the licence text of every package below `folder`: the bundled code may only be passed on together with it.
fn collect_licences(folder: &Path, licences: &mut String) {
    let mut entries: Vec<_> =
        fs::read_dir(folder).expect("npm made this folder").flatten().map(|entry| entry.path()).collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_lowercase();
        if path.is_dir() {
            collect_licences(&path, licences);
        } else if name.starts_with("licen") {
            let package = folder.to_string_lossy();
            let package = package.rsplit("node_modules/").next().unwrap_or_default();
            write!(licences, "\n---- {package}\n\n{}", read(&path)).expect("a string takes all");
        }
    }
}

/// The example queries as a script, in the order of their file names; Rust's way to write out a list of strings is also
/// JavaScript's.
fn examples() -> String {
    let mut paths: Vec<_> = fs::read_dir("web/examples")
        .expect("web/examples is there")
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "graphql"))
        .collect();
    paths.sort();
    let texts: Vec<_> = paths.iter().map(|path| read(path)).collect();
    format!("const SEEKA_EXAMPLES = {texts:#?};\n")
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn read(path: &Path) -> String {
    fs::read_to_string(path)
        .map_err(|error| format!("{}: {error}", path.display()))
        .expect("a file of the page cannot be read")
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(text.as_bytes()).expect("a vector takes all");
    encoder.finish().expect("a vector takes all")
}
