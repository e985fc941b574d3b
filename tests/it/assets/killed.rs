use std::process::Stdio;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use rustix::process::Signal;
use sha2::{Digest, Sha256};

use super::desk::{Desk, File, complete};
use crate::support::{SeekaProcess, TestApp};

/// How often a server is killed.
const KILLS: u64 = 20;
/// How many files are being completed then.
const FILES: usize = 4;

#[tokio::test]
async fn a_server_that_is_killed_leaves_no_ready_file_without_its_bytes() {
    let app = TestApp::get().await;
    let desk = Desk::open(app).await;
    let mut rng = ChaCha8Rng::seed_from_u64(20_261_124);
    let mut states = std::collections::BTreeMap::<String, usize>::new();
    for kill in 0..KILLS {
        let text = format!("[{}{kill}]", "1234567,".repeat(60_000));
        let file = File::new("DATA", "application/json", text.into());
        let mut ids = Vec::new();
        for _ in 0..FILES {
            let begun = desk.begin(&file).await;
            desk.put(&begun["put"], &file.bytes).await.unwrap();
            ids.push(begun["asset"]["id"].as_str().unwrap().to_owned());
        }
        let server = SeekaProcess::start_with(&app.addresses(), &[], Stdio::null()).await;
        let client = desk.editor_at(&server.base);
        let text = "mutation($id: ID!) { completeAssetUpload(input: {assetId: $id}) { asset { state } } }";
        let completing: Vec<_> = ids
            .iter()
            .map(|id| {
                let (client, variables) = (client.clone(), serde_json::json!({"query": text, "variables": {"id": id}}));
                tokio::spawn(async move {
                    let request = client.request(reqwest::Method::POST, "/graphql");
                    let request = request.header("content-type", "application/json").body(variables.to_string());
                    drop(request.send().await);
                })
            })
            .collect();
        tokio::time::sleep(Duration::from_millis(rng.random_range(5..400))).await;
        server.signal(Signal::KILL);
        server.end().await;
        for request in completing {
            request.await.unwrap();
        }
        for id in &ids {
            let state = desk.asset(id).await["state"].as_str().unwrap().to_owned();
            if state == "READY" {
                assert_eq!(STANDARD.encode(Sha256::digest(desk.fetch(id).await)), file.checksum());
            }
            *states.entry(state).or_default() += 1;
            // The time of whoever was killed is over.
            let over = "MATCH (a:Asset {id: $id}) WHERE a.state = 'CHECKING'
                        SET a.dueAt = datetime() - duration('PT1S') RETURN 1 AS n";
            desk.count(over, id).await;
            let done = complete(&desk.editor, id).await;
            assert_eq!(done["asset"]["state"], "READY", "{done}");
            assert!(desk.fetch(id).await == file.bytes, "its bytes are there");
            let ready = "MATCH (e:Event {subjectId: $id, type: 'ASSET_READY'}) RETURN count(e) AS n";
            assert_eq!(desk.count(ready, id).await, 1, "and this is told once");
        }
    }
    println!("what the files were when the server was killed: {states:?}");
    assert!(states.len() > 1, "the server was killed in the middle: {states:?}");
}
