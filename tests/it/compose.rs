//! The containers, as far as files can tell: no engine runs here.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::{Args, Command};
use seeka::config::Config;
use serde::Deserialize;
use yaml_serde::Value;

/// What is looked at of `docker-compose.yml`.
#[derive(Deserialize)]
struct Compose {
    services: BTreeMap<String, Service>,
    secrets: BTreeMap<String, SecretFile>,
    volumes: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
struct Service {
    image: Option<String>,
    build: Option<String>,
    #[serde(default)]
    environment: BTreeMap<String, String>,
    #[serde(default)]
    secrets: Vec<String>,
    #[serde(default)]
    volumes: Vec<String>,
    #[serde(default)]
    depends_on: BTreeMap<String, Dependency>,
    #[serde(default)]
    ports: Vec<String>,
    #[serde(default)]
    cap_drop: Vec<String>,
    #[serde(default)]
    security_opt: Vec<String>,
    mem_limit: String,
    healthcheck: Option<Value>,
}

#[derive(Deserialize)]
struct Dependency {
    condition: String,
}

#[derive(Deserialize)]
struct SecretFile {
    file: String,
}

/// The file itself, variables as they stand there.
fn compose() -> Compose {
    yaml_serde::from_str(&file("docker-compose.yml")).expect("docker-compose.yml has the form that is looked at")
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn file(name: &str) -> String {
    let path = root().join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A file of the development secrets: the default of the variable in its path.
fn development(secret: &SecretFile) -> PathBuf {
    let path = secret.file.strip_prefix("${SECRETS:-").and_then(|rest| rest.split_once('}'));
    let (folder, name) = path.unwrap_or_else(|| panic!("{} does not stand in $SECRETS", secret.file));
    root().join(format!("{folder}{name}"))
}

/// The variables that the server reads.
fn settings() -> BTreeSet<String> {
    let command = Config::augment_args(Command::new("seeka"));
    let variables = command.get_arguments().filter_map(|argument| argument.get_env());
    variables.map(|variable| variable.to_string_lossy().into_owned()).collect()
}

/// Reads `1g` and `512m`.
fn mebibytes(size: &str) -> u64 {
    let (number, unit) = size.split_at(size.len() - 1);
    let number: u64 = number.parse().unwrap_or_else(|_| panic!("{size} is no size"));
    match unit {
        "g" => number * 1_024,
        "m" => number,
        _ => panic!("{size} has no unit"),
    }
}

#[test]
fn every_variable_of_the_server_is_a_setting() {
    let settings = settings();
    let compose = compose();
    for name in compose.services["seeka"].environment.keys() {
        assert!(settings.contains(name), "docker-compose.yml sets {name}, which the server does not read");
    }
    let dockerfile = file("Dockerfile");
    let last_stage = dockerfile.split("\nFROM ").last().expect("split yields something");
    let assignments = last_stage.lines().filter_map(|line| line.strip_prefix("ENV "));
    let names: Vec<_> = assignments.flat_map(str::split_whitespace).filter_map(|word| word.split_once('=')).collect();
    assert!(!names.is_empty(), "the image says where the server listens");
    for (name, _) in names {
        assert!(settings.contains(name), "the Dockerfile sets {name}, which the server does not read");
    }
}

#[test]
fn secrets_stand_in_files_and_nowhere_else() {
    let compose = compose();
    let mut used = BTreeSet::new();
    for (name, service) in &compose.services {
        for secret in &service.secrets {
            assert!(compose.secrets.contains_key(secret), "{name} asks for {secret}, which is not declared");
            used.insert(secret.as_str());
        }
        for (variable, value) in &service.environment {
            let secretive = ["PASSWORD", "SECRET", "TOKEN", "KEY", "AUTH"].iter().any(|word| variable.contains(word));
            let granted =
                || value.strip_prefix("/run/secrets/").is_some_and(|at| service.secrets.iter().any(|it| it == at));
            assert!(!secretive || granted(), "{variable} of {name} holds {value:?}, which is no secret of its own");
        }
        let files = service.environment.iter().filter(|(variable, _)| variable.ends_with("_FILE"));
        for (variable, value) in files {
            assert!(value.starts_with("/run/secrets/"), "{variable} of {name} is {value:?}, which nobody mounts");
        }
    }
    for (name, secret) in &compose.secrets {
        assert!(used.contains(name.as_str()), "nobody asks for {name}");
        let path = development(secret);
        let content = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        // A key is written over several lines (RFC 7468); a password is one.
        let is_key = content.starts_with("-----BEGIN PRIVATE KEY-----");
        assert!(content.trim().len() >= 8 && (is_key || content.lines().count() == 1), "{}", path.display());
    }
    let content = |name: &str| std::fs::read_to_string(development(&compose.secrets[name])).unwrap_or_default();
    assert_eq!(content("neo4j_auth"), format!("neo4j/{}", content("neo4j_password")), "both name one password");
}

#[test]
fn every_service_is_bounded_pinned_and_watched() {
    for (name, service) in compose().services {
        mebibytes(&service.mem_limit);
        assert_eq!(service.cap_drop, ["ALL"], "{name}");
        assert_eq!(service.security_opt, ["no-new-privileges:true"], "{name}");
        for port in &service.ports {
            assert!(port.starts_with("127.0.0.1:"), "{name} opens {port} to the network");
        }
        if service.build.is_some() {
            assert!(file("Dockerfile").contains("\nHEALTHCHECK "), "{name} has no health check");
        } else {
            assert!(service.healthcheck.is_some(), "{name} has no health check");
            let image = service.image.unwrap_or_else(|| panic!("{name} has no image"));
            pinned(&image);
        }
    }
    for line in file("Dockerfile").lines().filter_map(|line| line.strip_prefix("FROM ")) {
        pinned(line.split_whitespace().next().unwrap_or_default());
    }
}

/// A tag with a number in it, such as `v1.8.0` or `24-slim`, or the name of a Debian whose images have no other tag.
fn pinned(image: &str) {
    let digits = |text: &str| text.chars().any(|c| c.is_ascii_digit());
    let is_pinned = match image.rsplit_once(':') {
        Some((_, "nonroot")) => digits(image),
        Some((_, tag)) => digits(tag),
        None => false,
    };
    assert!(is_pinned, "{image} is whatever was pushed last");
}

#[test]
fn the_server_waits_for_what_is_healthy_and_writes_nothing() {
    let compose = compose();
    let seeka = &compose.services["seeka"];
    let awaited: Vec<_> = seeka.depends_on.keys().map(String::as_str).collect();
    assert_eq!(awaited, ["neo4j", "s3"]);
    for (name, service) in &compose.services {
        for (other, dependency) in &service.depends_on {
            assert!(compose.services.contains_key(other), "{name} waits for {other}, which is no service");
            assert_eq!(dependency.condition, "service_healthy", "{name} on {other}");
        }
        for volume in &service.volumes {
            let (volume, _) = volume.split_once(':').expect("a volume is mounted somewhere");
            assert!(compose.volumes.contains_key(volume), "{name} keeps its data in {volume}, which is not kept");
        }
        let keeps = !service.volumes.is_empty();
        assert_eq!(keeps, name != "seeka", "the server keeps nothing, the others everything");
    }
    let dockerfile = file("Dockerfile");
    let user = dockerfile.lines().filter_map(|line| line.strip_prefix("USER ")).next_back();
    assert!(user.is_some_and(|user| !user.starts_with('0') && !user.starts_with("root")), "{user:?}");
    assert!(dockerfile.contains("cargo build --release --locked"));
}

#[test]
fn neo4j_has_room_for_heap_and_page_cache_and_the_rest() {
    let compose = compose();
    let neo4j = &compose.services["neo4j"];
    let set = |name: &str| mebibytes(&neo4j.environment[&format!("NEO4J_server_memory_{name}")]);
    assert_eq!(set("heap_initial__size"), set("heap_max__size"), "a heap that grows stops the world to do so");
    // Code, threads, direct buffers and the garbage collector's own books.
    let beside = 768;
    let limit = mebibytes(&neo4j.mem_limit);
    assert!(limit >= set("heap_max__size") + set("pagecache_size") + beside, "{limit} MiB are too little");
}
