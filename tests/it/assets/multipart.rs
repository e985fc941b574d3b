use serde_json::{Value, json};

use super::desk::{Desk, File, errors};
use crate::support::{TestApp, Versitygw};

/// The smallest parts that S3 takes.
pub(crate) const PART: usize = 5 * 1024 * 1024;
pub(crate) const IN_PARTS: [&str; 2] = ["--asset-multipart-bytes=1048576", "--asset-part-bytes=5242880"];

async fn sign(desk: &Desk, id: &str, numbers: &[i32]) -> Value {
    let text = "mutation($input: SignUploadPartsInput!) { signUploadParts(input: $input) {
        parts { number bytes url } userErrors { field code }
    } }";
    let input = json!({"input": {"assetId": id, "numbers": numbers}});
    desk.editor.send(text, input).await.data()["signUploadParts"].clone()
}

async fn there(desk: &Desk, id: &str) -> Value {
    let text = "query($id: ID!) { listUploadedParts(assetId: $id) { numbers partCount partBytes } }";
    desk.editor.send(text, json!({"id": id})).await.data()["listUploadedParts"].clone()
}

fn part(file: &File, number: usize) -> &[u8] {
    let start = (number - 1) * PART;
    &file.bytes[start..file.bytes.len().min(start + PART)]
}

/// Uploads a file in parts: somebody begins and is cut off, and whoever takes it up knows nothing but its id.
pub(crate) async fn uploads_with_a_break(desk: &Desk, file: &File) -> String {
    let id = desk.begin(file).await["asset"]["id"].as_str().unwrap().to_owned();
    let signed = sign(desk, &id, &[1]).await;
    desk.put(&signed["parts"][0], part(file, 1)).await.unwrap();
    let there = there(desk, &id).await;
    let missing: Vec<i32> = (1..=i32::try_from(there["partCount"].as_i64().unwrap()).unwrap())
        .filter(|number| !there["numbers"].as_array().unwrap().contains(&json!(number)))
        .collect();
    assert!(!missing.is_empty(), "{there}");
    for signed in sign(desk, &id, &missing).await["parts"].as_array().unwrap() {
        let number = usize::try_from(signed["number"].as_u64().unwrap()).unwrap();
        desk.put(signed, part(file, number)).await.unwrap();
    }
    let done = desk.complete(&id).await;
    assert_eq!(done["asset"]["state"], "READY", "{done}");
    id
}

/// An upload that stops and goes on.
async fn an_upload_goes_on(desk: &Desk) {
    let file = File::film(2 * PART + 1_000);
    let begun = desk.begin(&file).await;
    let id = begun["asset"]["id"].as_str().unwrap();
    assert_eq!((&begun["partCount"], &begun["partBytes"], &begun["put"]), (&json!(3), &json!(PART), &Value::Null));
    for wrong in [vec![0], vec![4], vec![1, -1]] {
        assert_eq!(errors(&sign(desk, id, &wrong).await), ["WRONG_PARTS"]);
    }
    assert_eq!(errors(&sign(desk, id, &[1; 101]).await), ["TOO_LONG"]);
    let signed = sign(desk, id, &[1, 3]).await;
    assert_eq!(signed["parts"][1]["bytes"], 1_000);
    desk.put(&signed["parts"][0], part(&file, 1)).await.unwrap();
    desk.put(&signed["parts"][1], part(&file, 3)).await.unwrap();
    // The phone forgets everything but the id.
    assert_eq!(there(desk, id).await, json!({"numbers": [1, 3], "partCount": 3, "partBytes": PART}));
    let early = desk.complete(id).await;
    assert_eq!(errors(&early), ["NOT_ALLOWED"]);
    assert!(early["userErrors"][0]["message"].as_str().unwrap().ends_with("missing: 2"), "{early}");
    let signed = sign(desk, id, &[2, 1]).await;
    desk.put(&signed["parts"][0], part(&file, 2)).await.unwrap();
    let done = desk.complete(id).await;
    assert_eq!(done["asset"]["state"], "READY", "{done}");
    assert!(done["asset"]["durationMs"].as_i64().unwrap() > 0, "{done}");
    assert_eq!(done["asset"]["checksum"], json!(file.checksum()));
    // The addresses of its parts lead nowhere any more.
    let other = vec![9; PART];
    let _ = desk.put(&signed["parts"][1], &other).await;
    assert_eq!(desk.complete(id).await["asset"]["state"], "READY");
    assert!(desk.fetch(id).await == file.bytes, "the bytes are those that were checked");
    assert_eq!(there(desk, id).await, Value::Null);
    assert_eq!(errors(&sign(desk, id, &[1]).await), ["NOT_ALLOWED"]);

    // The same film with another checksum, and one that is given up.
    let wrong = json!({"checksum": File::picture(1, 1).checksum()});
    let begun = desk.begin_with(&file, &wrong).await["upload"].clone();
    let id = begun["asset"]["id"].as_str().unwrap();
    for (n, signed) in sign(desk, id, &[1, 2, 3]).await["parts"].as_array().unwrap().iter().enumerate() {
        desk.put(signed, part(&file, n + 1)).await.unwrap();
    }
    assert_eq!(errors(&desk.complete(id).await), ["WRONG_CHECKSUM"]);
    let begun = desk.begin(&file).await;
    let id = begun["asset"]["id"].as_str().unwrap();
    let signed = sign(desk, id, &[1]).await;
    desk.put(&signed["parts"][0], part(&file, 1)).await.unwrap();
    assert_eq!(desk.call("abortAssetUpload", id).await, json!({"assetId": id, "userErrors": []}));
    assert!(desk.is_gone(id).await);
    desk.put(&signed["parts"][0], part(&file, 1)).await.unwrap_err();
}

#[tokio::test]
async fn an_upload_in_parts_goes_on_where_it_stopped() {
    let app = TestApp::get().await;
    let server = app.sibling(&IN_PARTS).await;
    an_upload_goes_on(&Desk::open(app).await.at(&server)).await;
}

#[tokio::test]
async fn an_upload_in_parts_goes_on_where_it_stopped_on_a_server_that_others_have_written() {
    let app = TestApp::get().await;
    let s3 = Versitygw::start("parts").await;
    let flags = s3.flags();
    let flags: Vec<&str> = flags.iter().map(String::as_str).chain(IN_PARTS).collect();
    let server = app.sibling(&flags).await;
    let desk = Desk::open(app).await.at(&server);
    an_upload_goes_on(&desk).await;

    // A part too many, by somebody who has got hold of more than they should have.
    let file = File::film(PART + 1_000);
    let begun = desk.begin(&file).await;
    let id = begun["asset"]["id"].as_str().unwrap();
    for (n, signed) in sign(&desk, id, &[1, 2]).await["parts"].as_array().unwrap().iter().enumerate() {
        desk.put(signed, part(&file, n + 1)).await.unwrap();
    }
    let url = sign(&desk, id, &[2]).await["parts"][0]["url"].as_str().unwrap().to_owned();
    let upload = url.split("uploadId=").nth(1).unwrap().split('&').next().unwrap();
    let upload = url::form_urlencoded::parse(format!("u={upload}").as_bytes()).next().unwrap().1.into_owned();
    let key = format!("tenants/{}/assets/{id}/original", desk.tenant);
    let lifetime = std::time::Duration::from_mins(1);
    let signed = s3.storage.signed_part((&key, &upload), (3, 5), chrono::Utc::now(), lifetime).await.unwrap();
    desk.put(&json!({"url": signed.url}), b"extra").await.unwrap();
    let refused = desk.complete(id).await;
    assert_eq!(errors(&refused), ["WRONG_PARTS"], "{refused}");
    assert!(s3.storage.parts(&key, &upload).await.unwrap().is_empty(), "the parts are gone");
    assert_eq!(s3.storage.size(&key).await.unwrap(), None);
}
