//! Files of a tenant: they are uploaded past the server, looked at, and shown.

mod derived;
pub(crate) mod desk;
mod hostile;
mod keeping;
mod killed;
pub(crate) mod multipart;
mod renditions;

use serde_json::json;

use crate::support::{Cast, Client, Studio, TestApp};
use desk::{Desk, File, errors};

#[tokio::test]
async fn a_picture_is_uploaded_looked_at_and_shown() {
    let app = TestApp::get().await;
    let desk = Desk::open(app).await;
    let file = File::picture(1_400, 700);
    let begun = desk.begin(&file).await;
    let id = begun["asset"]["id"].as_str().unwrap().to_owned();
    assert_eq!((&begun["asset"]["state"], &begun["partCount"]), (&json!("PENDING"), &json!(null)));
    let early = desk.complete(&id).await;
    assert_eq!(errors(&early), ["NOT_ALLOWED"], "nothing is there yet");
    desk.put(&begun["put"], &file.bytes).await.unwrap();
    let done = desk.complete(&id).await;
    assert_eq!(done["userErrors"], json!([]), "{done}");
    let asset = &done["asset"];
    assert_eq!(asset["state"], "READY");
    assert_eq!((&asset["width"], &asset["height"]), (&json!(1_400), &json!(700)));
    assert_eq!(asset["bytes"], json!(f64::from(u32::try_from(file.bytes.len()).unwrap())));
    assert_eq!(desk.fetch(&id).await, file.bytes);
    // Once more, it is there already.
    assert_eq!(desk.complete(&id).await["asset"]["state"], "READY");

    // The address of the upload still works, and leads nowhere.
    let other = vec![7; file.bytes.len()];
    let _ = desk.put(&begun["put"], &other).await;
    app.in_storage({
        let key = format!("tenants/{}/assets/{id}/pending", desk.tenant);
        |storage| async move { storage.put(&key, "image/png", other).await.unwrap() }
    })
    .await;
    assert_eq!(desk.complete(&id).await["asset"]["state"], "READY");
    assert_eq!(desk.fetch(&id).await, file.bytes);

    let query = format!(
        r#"{{ auditEvents(tenantId: "{}", filter: {{types: [ASSET_READY], subjectId: "{id}"}}) {{ nodes {{ type }} }} }}"#,
        desk.tenant
    );
    let events = desk.owner.query(&query).await;
    assert_eq!(events.data()["auditEvents"]["nodes"], json!([{"type": "ASSET_READY"}]), "once");
}

#[tokio::test]
async fn tables_lists_and_films_are_taken() {
    let app = TestApp::get().await;
    let desk = Desk::open(app).await;
    for (kind, text) in [("text/csv", "title,season\nPilot,1\n"), ("application/json", "[1, 2]")] {
        let done = desk.upload(&File::new("DATA", kind, text.into())).await;
        assert_eq!(done["asset"]["state"], "READY", "{done}");
    }
    let film =
        desk.upload(&File::new("VIDEO", "video/mp4", include_bytes!("../../seed/media/pilot.mp4").to_vec())).await;
    assert_eq!(film["asset"]["state"], "READY", "{film}");
    assert!(film["asset"]["durationMs"].as_i64().unwrap() > 0 && film["asset"]["videoCodec"].is_string(), "{film}");
}

#[tokio::test]
async fn what_is_announced_has_to_make_sense() {
    let desk = Desk::open(TestApp::get().await).await;
    let file = File::picture(2, 2);
    for (change, field, code) in [
        (json!({"contentType": "text/html"}), "contentType", "WRONG_CONTENT_TYPE"),
        (json!({"contentType": "image/svg+xml"}), "contentType", "WRONG_CONTENT_TYPE"),
        (json!({"kind": "CAPTIONS"}), "contentType", "WRONG_CONTENT_TYPE"),
        (json!({"bytes": 0}), "bytes", "INVALID"),
        (json!({"bytes": 1.5}), "bytes", "INVALID"),
        (json!({"bytes": -3}), "bytes", "INVALID"),
        (json!({"bytes": 1e300}), "bytes", "INVALID"),
        (json!({"bytes": 21 * 1024 * 1024}), "bytes", "TOO_LONG"),
        (json!({"checksum": "abc"}), "checksum", "INVALID"),
        (json!({"fileName": ""}), "fileName", "BLANK"),
        (json!({"language": "english"}), "language", "INVALID"),
    ] {
        let payload = desk.begin_with(&file, &change).await;
        assert_eq!(payload["userErrors"][0]["code"], code, "{change}: {payload}");
        assert_eq!(payload["userErrors"][0]["field"], json!(["input", field]), "{change}");
    }
    // The same key begins one upload.
    let key = json!({"clientMutationId": "the same"});
    let first = desk.begin_with(&file, &key).await["upload"]["asset"]["id"].clone();
    assert_eq!(desk.begin_with(&file, &key).await["upload"]["asset"]["id"], first);
    assert_ne!(desk.begin(&file).await["asset"]["id"], first);
}

#[tokio::test]
async fn the_files_of_a_tenant_are_listed_page_by_page() {
    let desk = Desk::open(TestApp::get().await).await;
    let mut ids = Vec::new();
    for n in 0..5 {
        ids.push(desk.begin(&File::picture(2, n + 1)).await["asset"]["id"].clone());
    }
    let ready = desk.upload(&File::picture(3, 3)).await["asset"]["id"].clone();
    desk.upload(&File::new("IMAGE", "image/png", b"<html>".to_vec())).await;
    let list = async |arguments: &str| {
        let query = format!(
            r#"{{ administration(tenantId: "{}") {{ assets({arguments}) {{
                nodes {{ id state }} pageInfo {{ endCursor startCursor hasNextPage hasPreviousPage }} }} }} }}"#,
            desk.tenant
        );
        desk.editor.query(&query).await.data()["administration"]["assets"].clone()
    };
    let nodes = |page: &serde_json::Value| -> Vec<_> {
        page["nodes"].as_array().unwrap().iter().map(|node| node["id"].clone()).collect()
    };
    assert_eq!(nodes(&list("first: 100").await).len(), 7);
    assert_eq!(nodes(&list("filter: {states: [READY]}").await), [ready]);
    assert_eq!(nodes(&list("filter: {states: [REFUSED], kinds: [IMAGE]}").await).len(), 1);
    assert_eq!(nodes(&list("filter: {kinds: [VIDEO]}").await).len(), 0);
    assert_eq!(nodes(&list("filter: {kinds: [], states: []}").await).len(), 0);
    ids.reverse();
    let first = list("filter: {states: [PENDING]}, first: 2").await;
    let cursor = &first["pageInfo"]["endCursor"];
    let second = list(&format!("filter: {{states: [PENDING]}}, first: 3, after: {cursor}")).await;
    assert_eq!([nodes(&first), nodes(&second)].concat(), ids);
    assert_eq!((&first["pageInfo"]["hasNextPage"], &second["pageInfo"]["hasNextPage"]), (&json!(true), &json!(false)));
    assert_eq!(nodes(&list("filter: {states: [PENDING]}, last: 2").await), ids[3..]);
}

#[tokio::test]
async fn a_file_of_another_tenant_is_the_same_as_none() {
    let app = TestApp::get().await;
    let (desk, other) = (Desk::open(app).await, Studio::open(app).await);
    let id = desk.upload(&File::picture(3, 2)).await["asset"]["id"].as_str().unwrap().to_owned();
    let pending = desk.begin(&File::picture(3, 2)).await["asset"]["id"].as_str().unwrap().to_owned();
    let never = seeka::id::AssetId::generate().to_string();
    let operations = [
        "query($id: ID!) { asset(id: $id) { id } }",
        "query($id: ID!) { listUploadedParts(assetId: $id) { numbers } }",
        "mutation($id: ID!) { completeAssetUpload(input: {assetId: $id}) { userErrors { code } } }",
        "mutation($id: ID!) { signUploadParts(input: {assetId: $id, numbers: [1]}) { userErrors { code } } }",
        "mutation($id: ID!) { abortAssetUpload(input: {assetId: $id}) { userErrors { code } } }",
        "mutation($id: ID!) { deleteAsset(input: {assetId: $id}) { userErrors { code } } }",
        "mutation($id: ID!) { attachRenditions(input: {assetId: $id, renditions: []}) { userErrors { code } } }",
    ];
    let errors = async |client: &Client, operation: &str, id: &str| {
        let mut body = client.send(operation, json!({"id": id})).await.body;
        body["errors"][0]["extensions"]["correlationId"].take();
        body["extensions"].take();
        body.to_string().replace(id, "ID")
    };
    for operation in operations {
        let strangers = [
            other.owner.client.clone(),
            other.owner.client.in_tenant(&other.slug),
            // Somebody who belongs to the tenant, and has said that the request is about another.
            app.viewer(),
        ];
        for (n, client) in strangers.iter().enumerate() {
            let nothing = errors(client, operation, &never).await;
            assert!(nothing.contains(if n == 2 { "UNAUTHENTICATED" } else { "NOT_FOUND" }), "{nothing}");
            for id in [&id, &pending] {
                assert_eq!(errors(client, operation, id).await, nothing, "{operation}");
            }
        }
    }
    // It is all there still, for whom it belongs to.
    assert_eq!(desk.asset(&id).await["state"], "READY");
    assert_eq!(desk.asset(&pending).await["state"], "PENDING");
    // Members see it and change nothing.
    let answer = desk.member.send(operations[0], json!({"id": id})).await;
    assert_eq!(answer.data()["asset"]["id"], json!(id));
    for operation in &operations[1..] {
        assert_eq!(desk.member.send(operation, json!({"id": id})).await.codes(), ["FORBIDDEN"], "{operation}");
    }
    let cast = Cast::gather(app).await;
    let list = format!(r#"{{ administration(tenantId: "{}") {{ assets {{ nodes {{ id }} }} }} }}"#, desk.tenant);
    assert_eq!(cast.client("owner").query(&list).await.codes(), ["FORBIDDEN"]);
}
