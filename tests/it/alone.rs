//! What needs a Neo4j of its own, one after the other and on the same data folder: to start one takes longer than all that
//! they ask it.

use std::process::Stdio;

use crate::support::{SeekaProcess, data_folder, servers_folder};
use crate::{generate, lifecycle, platform_roles};

#[tokio::test]
async fn what_needs_a_neo4j_of_its_own() {
    let data = data_folder("alone");
    generate::a_graph_is_generated(&data).await;

    let arguments = [
        "--data",
        data.as_str(),
        "--warm-up=off",
        "--budget-points=0",
        "--argon2-memory-kib=64",
        "--local-neo4j-heap-mb=256",
        "--neo4j-statement-timeout-ms=60000",
        "--execution-timeout-ms=60000",
    ];
    let server = SeekaProcess::start_with(&arguments, &[], Stdio::null()).await;
    let role = async |command: &[&str]| {
        let arguments = [&["role", "--log", "off"], &arguments[..], command].concat();
        SeekaProcess::run(&arguments, &[("SEEKA_SERVERS", &servers_folder())]).await
    };
    let operators = platform_roles::there_is_always_an_operator(&server, role).await;

    let server = lifecycle::a_killed_server_comes_back_with_everything(server, &arguments, &data).await;
    lifecycle::a_server_survives_its_neo4j(server, &data).await;
    // Without a server, the command starts the graph itself; and it has not forgotten what was said before all that.
    assert_eq!(role(&["list"]).await, (Some(0), operators, String::new()));
}
