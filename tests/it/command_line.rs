//! The command line and the configuration, as somebody who starts the server meets them.

use std::fs;
use std::net::TcpListener;

use crate::support::{SeekaProcess, TestApp, data_folder};

#[tokio::test]
async fn a_wrong_value_is_one_line_that_names_the_variable() {
    let cases = [
        ("SEEKA_ADDR", "8000", "an address with a port"),
        ("SEEKA_SEED", "yes", "one of auto, empty, never"),
        ("SEEKA_LOCAL_NEO4J", "4", "one of auto, 5, 2026"),
        ("SEEKA_NEO4J_POOL_SIZE", "0", "a whole number from 1 to 1000"),
        ("SEEKA_NEO4J_STATEMENT_TIMEOUT_MS", "soon", "a whole number from 1 to 600000"),
        ("NEO4J_URI", "http://localhost:7474", "an address such as bolt://127.0.0.1:7687"),
        ("NEO4J_URI", "", "an address such as bolt://127.0.0.1:7687"),
        ("S3_ENDPOINT", "localhost:9000", "an address such as https://s3.example.org"),
        ("S3_BUCKET", "No_Bucket", "a bucket name"),
        ("SEEKA_LOG", "info,=", "levels by target"),
        ("SEEKA_CDN_URL", "ftp://cdn.example", "an address such as https://s3.example.org"),
    ];
    for (variable, value, should_be) in cases {
        let (code, out, err) = SeekaProcess::run(&[], &[(variable, value)]).await;
        assert_eq!((code, out.as_str()), (Some(2), ""), "{variable}={value}: {err}");
        assert_eq!(err.trim_end().lines().count(), 1, "{err}");
        assert!(err.starts_with(variable) && err.contains(&format!("{value:?}")) && err.contains(should_be), "{err}");
    }
}

#[tokio::test]
async fn a_secret_is_never_shown() {
    let (code, _, err) = SeekaProcess::run(&[], &[("NEO4J_URI", "bolt://neo4j:hunter2@graph.example")]).await;
    assert_eq!(code, Some(2));
    assert!(err.contains("NEO4J_URI") && !err.contains("hunter2"), "{err}");

    let variables = [("NEO4J_PASSWORD", "hunter2 hunter2"), ("AWS_SECRET_ACCESS_KEY", "hunter2 hunter2")];
    let (code, out, _) = SeekaProcess::run(&["config", "--aws-session-token", "hunter2"], &variables).await;
    assert_eq!(code, Some(0));
    assert!(!out.contains("hunter2"), "{out}");
    for line in ["NEO4J_PASSWORD=********  # environment", "AWS_SESSION_TOKEN=********  # flag"] {
        assert!(out.contains(line), "{out}");
    }
}

#[tokio::test]
async fn a_secret_can_stand_in_a_file() {
    let folder = data_folder("secrets");
    fs::create_dir_all(&folder).unwrap();
    let file = |name: &str, content: &str| {
        let path = format!("{folder}/{name}");
        fs::write(&path, content).unwrap();
        path
    };
    let secret = "hunter2 ".repeat(4);
    let (plain, edited) = (file("plain", &secret), file("edited", &format!("{secret}\r\n")));

    let variables = [("NEO4J_PASSWORD_FILE", plain.as_str()), ("AWS_ACCESS_KEY_ID_FILE", &edited)];
    let (_, out, _) = SeekaProcess::run(&["config", "--aws-session-token-file", &plain], &variables).await;
    for line in [
        "NEO4J_PASSWORD=********  # NEO4J_PASSWORD_FILE".to_owned(),
        format!("NEO4J_PASSWORD_FILE={plain}  # environment"),
        "AWS_ACCESS_KEY_ID=********  # AWS_ACCESS_KEY_ID_FILE".to_owned(),
        "AWS_SESSION_TOKEN=********  # AWS_SESSION_TOKEN_FILE".to_owned(),
        format!("AWS_SESSION_TOKEN_FILE={plain}  # flag"),
    ] {
        assert!(out.lines().any(|shown| shown == line), "{line} is not in\n{out}");
    }
    assert!(!out.contains("hunter2"), "{out}");

    let (missing, empty, two) = (format!("{folder}/missing"), file("empty", ""), file("two", "hunter2\nhunter2\n"));
    for path in [&missing, &empty, &two, &folder] {
        let (code, _, err) = SeekaProcess::run(&[], &[("NEO4J_PASSWORD_FILE", path)]).await;
        assert_eq!((code, err.lines().count()), (Some(2), 1), "{err}");
        let should_be = "it should be a readable file with a secret";
        assert!(err.starts_with("NEO4J_PASSWORD_FILE") && err.contains(path) && err.contains(should_be), "{err}");
        assert!(!err.contains("hunter2"), "{err}");
    }

    let both = [("NEO4J_PASSWORD_FILE", plain.as_str()), ("NEO4J_PASSWORD", "hunter2")];
    for (arguments, variables) in [(vec![], &both[..]), (vec!["--neo4j-password", "hunter2"], &both[..1])] {
        let (code, _, err) = SeekaProcess::run(&arguments, variables).await;
        assert_eq!((code, err.lines().count()), (Some(2), 1), "{err}");
        assert!(err.contains("NEO4J_PASSWORD_FILE") && err.contains("both set") && !err.contains("hunter2"), "{err}");
    }
}

#[tokio::test]
async fn the_effective_configuration_is_printed_with_its_sources() {
    let variables = [("SEEKA_NEO4J_POOL_SIZE", "7"), ("SEEKA_ADDR", "127.0.0.1:1")];
    let (code, out, err) = SeekaProcess::run(&["config", "--addr", "127.0.0.1:2"], &variables).await;
    assert_eq!((code, err.as_str()), (Some(0), ""));
    for line in [
        "SEEKA_ADDR=127.0.0.1:2  # flag",
        "SEEKA_NEO4J_POOL_SIZE=7  # environment",
        "SEEKA_DATA=.seeka  # default",
        "NEO4J_URI=  # not set",
    ] {
        assert!(out.lines().any(|shown| shown == line), "{line} is not in\n{out}");
    }
}

#[tokio::test]
async fn a_neo4j_that_cannot_be_reached_is_one_line_and_exit_code_1() {
    // A port that was free a moment ago.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let uri = format!("bolt://127.0.0.1:{port}");
    let data = data_folder("unreachable");
    let arguments = [
        "--addr",
        "127.0.0.1:0",
        "--neo4j-uri",
        &uri,
        "--neo4j-startup-wait-ms",
        "700",
        "--log",
        "off",
        "--data",
        &data,
    ];
    let started = std::time::Instant::now();
    let (code, _, err) = SeekaProcess::run(&arguments, &[("NEO4J_PASSWORD", "does not matter")]).await;
    assert_eq!(code, Some(1), "{err}");
    assert_eq!(err.trim_end().lines().count(), 1, "{err}");
    assert!(err.contains(&uri) && err.contains("within"), "{err}");
    assert!(started.elapsed() < std::time::Duration::from_secs(20));
}

#[tokio::test]
async fn a_port_in_use_is_known_before_anything_starts() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let data = data_folder("port in use");
    let (code, _, err) = SeekaProcess::run(&["--addr", &address, "--data", &data], &[]).await;
    assert_eq!(code, Some(1));
    assert!(err.contains("SEEKA_ADDR") && err.contains(&address), "{err}");
    assert!(!std::path::Path::new(&data).exists(), "nothing was started");
}

#[tokio::test]
async fn a_health_check_tells_a_running_server_from_none() {
    let app = TestApp::get().await;
    let (code, _, err) = SeekaProcess::run(&["health", "--addr", app.address()], &[]).await;
    assert_eq!(code, Some(0), "{err}");
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let (code, _, err) = SeekaProcess::run(&["health", "--addr", &free], &[]).await;
    assert_eq!(code, Some(1));
    assert!(err.starts_with("the server is not healthy"), "{err}");
    // Listening is not yet answering: a server that is still starting is not healthy.
    let starting = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = starting.local_addr().unwrap().to_string();
    let (code, _, _) = SeekaProcess::run(&["health", "--addr", &address], &[]).await;
    assert_eq!(code, Some(1));
}

#[tokio::test]
async fn a_token_of_the_command_line_signs_in() {
    let app = TestApp::get().await;
    let (code, out, err) = SeekaProcess::run(&["token", "--role", "operator", "--data", app.data()], &[]).await;
    assert_eq!(code, Some(0), "{err}");
    let (answer, statements) =
        app.viewer().with_token(out.trim()).explain("{ tenants(first: 1) { nodes { id } } }").await;
    answer.data();
    assert_eq!(statements, ["catalog/tenants"]);
    let (code, _, err) = SeekaProcess::run(&["token", "--user", "ep_01jd7s2zk4jd7s2zk4jd7s2zk4"], &[]).await;
    assert_eq!(code, Some(2));
    assert!(err.contains("us_"), "{err}");
}

#[tokio::test]
async fn servers_that_share_a_graph_and_a_bucket_must_share_their_keys() {
    let variables = [("NEO4J_URI", "bolt://127.0.0.1:1"), ("NEO4J_PASSWORD", "x"), ("S3_BUCKET", "somewhere")];
    let (code, _, err) = SeekaProcess::run(&["--addr", "127.0.0.1:0", "--log", "off"], &variables).await;
    assert_eq!((code, err.lines().count()), (Some(1), 1), "{err}");
    assert!(err.starts_with("SEEKA_SIGNING_KEYS_FILE is not set"), "{err}");
}
