use std::time::Duration;

use futures::future::join_all;
use serde_json::json;

use super::desk::{Desk, File, errors};
use crate::support::TestApp;

#[tokio::test]
async fn twenty_uploads_at_once_do_not_exceed_the_plan() {
    let desk = Desk::open(TestApp::get().await).await;
    let file = File::picture(20, 20);
    let limit = "MATCH (t:Tenant {id: $tenant}) SET t.maxStorageBytes = toInteger($id) RETURN 1 AS n";
    desk.count(limit, &(file.bytes.len() * 7 + 1).to_string()).await;
    let nothing = json!({});
    let begun = join_all((0..20).map(|_| desk.begin_with(&file, &nothing))).await;
    let (fit, full): (Vec<_>, Vec<_>) = begun.iter().partition(|payload| errors(payload).is_empty());
    assert_eq!((fit.len(), full.len()), (7, 13));
    assert!(full.iter().all(|payload| errors(payload) == ["LIMIT_REACHED"]), "{full:?}");
    // Who gives one up makes place for another, and only one.
    let id = fit[0]["upload"]["asset"]["id"].as_str().unwrap();
    assert_eq!(errors(&desk.call("abortAssetUpload", id).await), Vec::<&str>::new());
    desk.begin(&file).await;
    assert_eq!(errors(&desk.begin_with(&file, &json!({})).await), ["LIMIT_REACHED"]);
}

#[tokio::test]
async fn a_file_in_use_stays_and_any_other_can_be_deleted() {
    let app = TestApp::get().await;
    let desk = Desk::open(app).await;
    let id = desk.upload(&File::picture(5, 5)).await["asset"]["id"].as_str().unwrap().to_owned();
    let attach = "MATCH (a:Asset {id: $id}) CREATE (:UsesForTests)-[:HAS_ASSET {role: 'POSTER'}]->(a) RETURN 1 AS n";
    desk.count(attach, &id).await;
    assert_eq!(desk.asset(&id).await["inUse"], json!(true));
    assert_eq!(errors(&desk.call("deleteAsset", &id).await), ["IN_USE"]);
    assert_eq!(errors(&desk.call("abortAssetUpload", &id).await), ["IN_USE"]);
    desk.count("MATCH (x:UsesForTests)-[:HAS_ASSET]->(:Asset {id: $id}) DETACH DELETE x RETURN 1 AS n", &id).await;
    assert_eq!(errors(&desk.call("abortAssetUpload", &id).await), ["NOT_ALLOWED"], "it is there already");
    assert_eq!(errors(&desk.call("deleteAsset", &id).await), Vec::<&str>::new());
    assert!(desk.is_gone(&id).await);
    let key = format!("tenants/{}/assets/{id}/original", desk.tenant);
    app.in_storage(|storage| async move { assert_eq!(storage.size(&key).await.unwrap(), None) }).await;
    assert_eq!(desk.count("MATCH (a:Asset {id: $id}) RETURN count(a) AS n", &id).await, 0);
    let deleted = "MATCH (e:Event {subjectId: $id, type: 'ASSET_DELETED'}) RETURN count(e) AS n";
    assert_eq!(desk.count(deleted, &id).await, 1);
}

#[tokio::test]
async fn whatever_leads_to_a_file_keeps_it() {
    let app = TestApp::get().await;
    let desk = Desk::open(app).await;
    for (attach, detach) in [
        (
            "MATCH (a:Asset {id: $id}) CREATE (:Revision {id: $id})-[:HAS_ASSET {role: 'POSTER'}]->(a) RETURN 1 AS n",
            "MATCH (r:Revision {id: $id}) DETACH DELETE r RETURN 1 AS n",
        ),
        (
            "MATCH (a:Asset {id: $id}) CREATE (:Series:Content {id: $id})-[:HAS_ASSET {role: 'POSTER'}]->(a) RETURN 1 AS n",
            "MATCH (s:Series {id: $id}) DETACH DELETE s RETURN 1 AS n",
        ),
    ] {
        let id = desk.upload(&File::picture(5, 5)).await["asset"]["id"].as_str().unwrap().to_owned();
        assert_eq!(desk.count(attach, &id).await, 1);
        assert_eq!(desk.asset(&id).await["inUse"], json!(true));
        assert_eq!(errors(&desk.call("deleteAsset", &id).await), ["IN_USE"]);
        // It was not used for long, and is looked at for the last time.
        let late = "MATCH (a:Asset {id: $id}) SET a.dueAt = datetime() - duration('PT1S'), a.unusedSince = datetime() RETURN 1 AS n";
        desk.count(late, &id).await;
        let server = app.sibling(&["--asset-sweep-seconds=1"]).await;
        let kept = "MATCH (a:Asset {id: $id, state: 'READY'}) WHERE a.dueAt > datetime() AND a.unusedSince IS NULL RETURN count(a) AS n";
        let deadline = std::time::Instant::now() + Duration::from_mins(5);
        while desk.count(kept, &id).await == 0 {
            assert!(std::time::Instant::now() < deadline, "nobody sweeps, or the file is gone");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        drop(server);
        desk.count(detach, &id).await;
        assert_eq!(errors(&desk.call("deleteAsset", &id).await), Vec::<&str>::new());
    }
}

const OVER: &str = "MATCH (a:Asset {id: $id}) SET a.dueAt = datetime() - duration('PT1S') RETURN 1 AS n";

#[tokio::test]
async fn what_nobody_completes_or_uses_is_swept_up_by_one_of_two_servers() {
    let app = TestApp::get().await;
    let desk = Desk::open(app).await;
    let file = File::picture(6, 6);
    let abandoned = desk.begin(&file).await;
    desk.put(&abandoned["put"], &file.bytes).await.unwrap();
    let abandoned = abandoned["asset"]["id"].as_str().unwrap().to_owned();
    let [unused, used, waiting] = [
        desk.upload(&file).await["asset"]["id"].as_str().unwrap().to_owned(),
        desk.upload(&file).await["asset"]["id"].as_str().unwrap().to_owned(),
        desk.begin(&file).await["asset"]["id"].as_str().unwrap().to_owned(),
    ];
    let attach = "MATCH (a:Asset {id: $id}) CREATE (:UsesForTests)-[:HAS_ASSET {role: 'POSTER'}]->(a) RETURN 1 AS n";
    desk.count(attach, &used).await;
    // A file that a killed server has left half checked.
    let left = desk.begin(&file).await;
    desk.put(&left["put"], &file.bytes).await.unwrap();
    let left = left["asset"]["id"].as_str().unwrap().to_owned();
    let claim = "MATCH (a:Asset {id: $id}) SET a.state = 'CHECKING', a.claim = 'gone', a.checks = 1 RETURN 1 AS n";
    desk.count(claim, &left).await;
    for id in [&abandoned, &unused, &used, &left] {
        desk.count(OVER, id).await;
    }
    let servers = [app.sibling(&["--asset-sweep-seconds=1"]).await, app.sibling(&["--asset-sweep-seconds=1"]).await];
    let deadline = std::time::Instant::now() + Duration::from_mins(5);
    let settled = async || {
        desk.is_gone(&abandoned).await
            && desk.asset(&left).await["state"] == "READY"
            && desk
                .count("MATCH (a:Asset {id: $id}) WHERE a.unusedSince IS NOT NULL RETURN count(a) AS n", &unused)
                .await
                == 1
            && desk.count("MATCH (a:Asset {id: $id}) WHERE a.dueAt > datetime() RETURN count(a) AS n", &used).await == 1
    };
    while !settled().await {
        assert!(std::time::Instant::now() < deadline, "nobody sweeps");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    // Unused for the first time; only the second time it goes.
    assert_eq!(desk.asset(&unused).await["state"], "READY");
    desk.count(OVER, &unused).await;
    desk.count(OVER, &used).await;
    while !desk.is_gone(&unused).await {
        assert!(std::time::Instant::now() < deadline, "nobody sweeps");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(desk.fetch(&used).await, file.bytes);
    assert_eq!(desk.asset(&waiting).await["state"], "PENDING");
    let folders = [&abandoned, &unused].map(|id| format!("tenants/{}/assets/{id}/", desk.tenant));
    let deleted = async || {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        let folders = folders.clone();
        app.in_storage(|storage| async move {
            let mut left = 0;
            for folder in folders {
                for name in ["pending", "original"] {
                    left += usize::from(storage.size(&format!("{folder}{name}")).await.unwrap().is_some());
                }
            }
            let _ = sender.send(left);
        })
        .await;
        receiver.await.unwrap() == 0
    };
    while !deleted().await {
        assert!(std::time::Instant::now() < deadline, "objects are left");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    let events = "MATCH (e:Event {subjectId: $id, type: 'ASSET_DELETED'}) RETURN count(e) AS n";
    assert_eq!((desk.count(events, &unused).await, desk.count(events, &abandoned).await), (1, 0));
    let ready = "MATCH (e:Event {subjectId: $id, type: 'ASSET_READY'}) RETURN count(e) AS n";
    assert_eq!(desk.count(ready, &left).await, 1);
    drop(servers);
}
