use image::ImageFormat;
use serde_json::{Value, json};

use super::desk::{Desk, File, errors};
use crate::support::{TestApp, Versitygw};

/// A picture whose header says that it is very large, in a few bytes.
fn bomb() -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = b"IHDR".to_vec();
    header.extend(50_000_u32.to_be_bytes());
    header.extend(50_000_u32.to_be_bytes());
    header.extend([8, 2, 0, 0, 0]);
    for chunk in [header, b"IDAT\x78\x9c\x03\x00\x00\x00\x00\x01".to_vec(), b"IEND".to_vec()] {
        bytes.extend(u32::try_from(chunk.len() - 4).unwrap().to_be_bytes());
        bytes.extend(&chunk);
        bytes.extend(crc(&chunk).to_be_bytes());
    }
    bytes
}

fn crc(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 })
    };
    !bytes.iter().fold(u32::MAX, step)
}

fn encoded(format: ImageFormat) -> Vec<u8> {
    let mut bytes = Vec::new();
    let picture = image::load_from_memory(&File::picture(60, 40).bytes).unwrap();
    picture.write_to(&mut std::io::Cursor::new(&mut bytes), format).unwrap();
    bytes
}

fn files() -> Vec<(File, &'static str)> {
    let (png, jpeg, webp) = (File::picture(60, 40).bytes, encoded(ImageFormat::Jpeg), encoded(ImageFormat::WebP));
    // Whole, but for what the pixels are made of.
    let mut spoiled = png.clone();
    let middle = spoiled.len() / 2;
    spoiled[middle] ^= 0xff;
    let film = include_bytes!("../../../seed/media/pilot.mp4");
    let html = b"<!doctype html><script>alert(1)</script>";
    let script = b"WEBVTT\n\n00:01.000 --> 00:02.000\n<script>alert(1)</script>\n";
    let handler = b"WEBVTT\n\n00:01.000 --> 00:02.000\n<img src=x onerror=alert(1)>\n";
    vec![
        (File::new("IMAGE", "image/png", html.to_vec()), "WRONG_CONTENT_TYPE"),
        (File::new("IMAGE", "image/jpeg", File::picture(3, 3).bytes), "WRONG_CONTENT_TYPE"),
        (File::new("IMAGE", "image/png", bomb()), "DIMENSIONS_TOO_LARGE"),
        (File::new("IMAGE", "image/png", bomb()[..20].to_vec()), "DAMAGED_FILE"),
        (File::new("IMAGE", "image/png", png[..png.len() / 2].to_vec()), "DAMAGED_FILE"),
        (File::new("IMAGE", "image/png", png[..png.len() - 5].to_vec()), "DAMAGED_FILE"),
        (File::new("IMAGE", "image/png", spoiled), "DAMAGED_FILE"),
        (File::new("IMAGE", "image/jpeg", jpeg[..jpeg.len() / 2].to_vec()), "DAMAGED_FILE"),
        (File::new("IMAGE", "image/jpeg", jpeg[..jpeg.len() - 1].to_vec()), "DAMAGED_FILE"),
        (File::new("IMAGE", "image/webp", webp[..webp.len() / 2].to_vec()), "DAMAGED_FILE"),
        (File::new("VIDEO", "video/mp4", html.to_vec()), "WRONG_CONTENT_TYPE"),
        (File::new("VIDEO", "video/mp4", film[..film.len() - 100].to_vec()), "DAMAGED_FILE"),
        (File::new("VIDEO", "video/mp4", film[..film.len() / 2].to_vec()), "DAMAGED_FILE"),
        (File::new("CAPTIONS", "text/vtt", script.to_vec()), "UNSAFE_FILE"),
        (File::new("CAPTIONS", "text/vtt", handler.to_vec()), "UNSAFE_FILE"),
        (File::new("CAPTIONS", "text/vtt", b"WEBVTT\n\n00:02.000 --> 00:01.000\nx".to_vec()), "DAMAGED_FILE"),
        (File::new("DATA", "application/json", b"{".to_vec()), "DAMAGED_FILE"),
        (File::new("DATA", "text/csv", vec![0xff, 0xfe, 0]), "WRONG_CONTENT_TYPE"),
    ]
}

async fn all_are_refused(desk: &Desk) {
    for (file, code) in files() {
        let begun = desk.begin(&file).await;
        let id = begun["asset"]["id"].as_str().unwrap();
        desk.put(&begun["put"], &file.bytes).await.unwrap();
        let refused = desk.complete(id).await;
        assert_eq!((errors(&refused), &refused["asset"]), (vec![code], &Value::Null), "{refused}");
        assert!(!refused["userErrors"][0]["message"].as_str().unwrap().is_empty());
        // It stays refused, and says why.
        assert_eq!(errors(&desk.complete(id).await), [code]);
        let asset = desk.asset(id).await;
        assert_eq!((&asset["state"], &asset["url"]), (&json!("REFUSED"), &Value::Null));
        assert_eq!(asset["refusal"]["code"], code);
    }
}

#[tokio::test]
async fn hostile_files_are_refused_and_their_bytes_are_gone() {
    let app = TestApp::get().await;
    let desk = Desk::open(app).await;
    all_are_refused(&desk).await;
    // Nothing of them is left, neither in the bucket nor in what the tenant uses of its plan.
    let query =
        format!(r#"{{ administration(tenantId: "{}") {{ limits {{ storageBytes {{ used }} }} }} }}"#, desk.tenant);
    let used = desk.owner.query(&query).await.data()["administration"]["limits"]["storageBytes"]["used"].clone();
    assert_eq!(used, json!(0.0));
    let find = "MATCH (a:Asset {tenantId: $tenant, state: 'REFUSED'}) RETURN count(a) AS n";
    assert_eq!(desk.count(find, "").await, i64::try_from(files().len()).unwrap());
}

#[tokio::test]
async fn hostile_files_are_refused_on_a_server_that_others_have_written() {
    let app = TestApp::get().await;
    let s3 = Versitygw::start("hostile").await;
    let flags = s3.flags();
    let server = app.sibling(&flags.each_ref().map(String::as_str)).await;
    let desk = Desk::open(app).await.at(&server);
    all_are_refused(&desk).await;
    let done = desk.upload(&File::picture(20, 30)).await;
    assert_eq!(done["asset"]["state"], "READY", "{done}");
    assert_eq!(desk.fetch(done["asset"]["id"].as_str().unwrap()).await, File::picture(20, 30).bytes);
}

#[tokio::test]
async fn other_bytes_than_were_announced_are_refused_twice() {
    let app = TestApp::get().await;
    let desk = Desk::open(app).await;
    let file = File::picture(4, 4);
    let mut other = file.bytes.clone();
    *other.last_mut().unwrap() ^= 1;
    let longer = [file.bytes.clone(), vec![0; 10]].concat();
    for (bytes, code) in [(other, "WRONG_CHECKSUM"), (longer, "WRONG_SIZE")] {
        let begun = desk.begin(&file).await;
        let id = begun["asset"]["id"].as_str().unwrap();
        // The bucket does not take them.
        desk.put(&begun["put"], &bytes).await.unwrap_err();
        // Somebody got past that.
        let key = format!("tenants/{}/assets/{id}/pending", desk.tenant);
        app.in_storage(|storage| async move { storage.put(&key, "image/png", bytes).await.unwrap() }).await;
        assert_eq!(errors(&desk.complete(id).await), [code]);
        let key = format!("tenants/{}/assets/{id}/", desk.tenant);
        app.in_storage(|storage| async move {
            for name in ["pending", "original"] {
                assert_eq!(storage.size(&format!("{key}{name}")).await.unwrap(), None);
            }
        })
        .await;
    }
}
