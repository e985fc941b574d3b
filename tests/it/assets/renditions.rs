//! Renditions of a video that were made elsewhere.

use serde_json::{Value, json};

use super::desk::{Desk, File, errors};
use crate::support::{Client, TestApp};

async fn attach(client: &Client, input: Value) -> Value {
    let mutation = "mutation($input: AttachRenditionsInput!) { attachRenditions(input: $input) {
        asset { version renditions { kind url height bitrate } } userErrors { field code message } } }";
    client.send(mutation, json!({"input": input})).await.data()["attachRenditions"].clone()
}

#[tokio::test]
async fn editors_say_where_renditions_are_and_viewers_find_them() {
    let app = TestApp::get().await;
    let desk = Desk::open(app).await;
    let film = File::new("VIDEO", "video/mp4", include_bytes!("../../../seed/media/pilot.mp4").to_vec());
    let id = desk.upload(&film).await["asset"]["id"].as_str().unwrap().to_owned();
    let renditions = json!([
        {"kind": "HLS", "url": "https://cdn.example.org/a/master.m3u8", "height": null, "bitrate": null},
        {"kind": "MP4", "url": "https://cdn.example.org/a/720.mp4?x=%20", "height": 720, "bitrate": 2_500_000},
    ]);
    let done = attach(&desk.editor, json!({"assetId": id, "expectedVersion": 1, "renditions": renditions})).await;
    assert_eq!((&done["userErrors"], &done["asset"]["version"]), (&json!([]), &json!(2)));
    let episode = desk.show(&id, "VIDEO").await;
    let query = "query($id: ID!) { episode(id: $id) { video { renditions { kind url height bitrate } } } }";
    let seen = async || {
        app.viewer().send(query, json!({"id": episode})).await.data()["episode"]["video"]["renditions"].clone()
    };
    assert_eq!(seen().await, renditions);

    // Whoever has not read that changes nothing; whoever names no version does.
    let stale = attach(&desk.editor, json!({"assetId": id, "expectedVersion": 1, "renditions": []})).await;
    assert_eq!(
        (errors(&stale), &stale["userErrors"][0]["field"]),
        (vec!["STALE_VERSION"], &json!(["input", "expectedVersion"]))
    );
    assert_eq!(seen().await, renditions);
    let url = "https://cdn.example.org/a.mpd";
    let replaced = attach(&desk.owner, json!({"assetId": id, "renditions": [{"kind": "DASH", "url": url}]})).await;
    assert_eq!(replaced["asset"]["renditions"], json!([{"kind": "DASH", "url": url, "height": null, "bitrate": null}]));
    attach(&desk.editor, json!({"assetId": id, "renditions": []})).await;
    assert_eq!(seen().await, json!([]));
    let told = "MATCH (e:Event {subjectId: $id, type: 'RENDITIONS_ATTACHED', tenantId: $tenant}) RETURN count(e) AS n";
    assert_eq!(desk.count(told, &id).await, 3);
}

#[tokio::test]
async fn what_is_no_rendition_of_a_video_is_refused() {
    let desk = Desk::open(TestApp::get().await).await;
    let film = File::new("VIDEO", "video/mp4", include_bytes!("../../../seed/media/pilot.mp4").to_vec());
    let id = desk.upload(&film).await["asset"]["id"].as_str().unwrap().to_owned();
    let one = |change: Value| {
        let mut rendition = json!({"kind": "HLS", "url": "https://cdn.example.org/a.m3u8"});
        rendition.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        json!({"assetId": id, "renditions": [rendition]})
    };
    for (change, field, code) in [
        (json!({"url": "http://cdn.example.org/a.m3u8"}), "url", "INVALID"),
        (json!({"url": "javascript:alert(1)"}), "url", "INVALID"),
        (json!({"url": "https://"}), "url", "INVALID"),
        (json!({"url": "https://ada:secret@cdn.example.org/a.m3u8"}), "url", "INVALID"),
        (json!({"url": "/a.m3u8"}), "url", "INVALID"),
        (json!({"url": format!("https://cdn.example.org/{}", "a".repeat(2_000))}), "url", "TOO_LONG"),
        (json!({"height": 0}), "height", "INVALID"),
        (json!({"height": 20_000}), "height", "INVALID"),
        (json!({"bitrate": -1}), "bitrate", "INVALID"),
    ] {
        let payload = attach(&desk.editor, one(change.clone())).await;
        assert_eq!(errors(&payload), [code], "{change}: {payload}");
        assert_eq!(payload["userErrors"][0]["field"], json!(["input", "renditions", "0", field]), "{change}");
    }
    let many: Vec<_> = (0..21).map(|n| json!({"kind": "HLS", "url": format!("https://cdn.example.org/{n}")})).collect();
    assert_eq!(errors(&attach(&desk.editor, json!({"assetId": id, "renditions": many})).await), ["TOO_LONG"]);
    assert_eq!(attach(&desk.editor, json!({"assetId": id, "renditions": many[..20]})).await["userErrors"], json!([]));
    let twice = json!([many[0], many[0]]);
    assert_eq!(errors(&attach(&desk.editor, json!({"assetId": id, "renditions": twice})).await), ["TAKEN"]);
    let picture = desk.upload(&File::picture(3, 3)).await["asset"]["id"].clone();
    let mut wrong = one(json!({}));
    wrong["assetId"] = picture;
    assert_eq!(errors(&attach(&desk.editor, wrong).await), ["NOT_ALLOWED"]);
}
