//! What is made of a file because it is there, and shown with it.

use std::time::{Duration, Instant};

use seeka::id::{AssetId, EventId};
use serde_json::{Value, json};

use super::desk::{Desk, File};
use crate::support::{Client, TestApp};

/// How long a test waits for a function.
const PATIENCE: Duration = Duration::from_mins(1);

async fn until(what: &str, holds: impl AsyncFn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds().await {
        assert!(Instant::now() < deadline, "it never comes to {what}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// How many bytes of its plan a tenant uses.
async fn used(desk: &Desk) -> f64 {
    let query =
        format!(r#"{{ administration(tenantId: "{}") {{ limits {{ storageBytes {{ used }} }} }} }}"#, desk.tenant);
    let answer = desk.owner.query(&query).await;
    answer.data()["administration"]["limits"]["storageBytes"]["used"].as_f64().unwrap()
}

#[tokio::test]
async fn a_picture_gets_smaller_variants_and_a_placeholder_which_viewers_see() {
    let app = TestApp::get().await;
    let desk = Desk::open(app).await;
    let file = File::picture(1_400, 700);
    let id = desk.upload(&file).await["asset"]["id"].as_str().unwrap().to_owned();
    until("variants", async || desk.asset(&id).await["variants"] != json!([])).await;
    let asset = desk.asset(&id).await;
    let sizes: Vec<_> = asset["variants"].as_array().unwrap().iter().map(|it| it["width"].as_i64().unwrap()).collect();
    assert_eq!(sizes, [160, 320, 640, 1_280]);
    assert!(asset["blurhash"].as_str().unwrap().len() > 6, "{asset}");

    let episode = desk.show(&id, "THUMBNAIL").await;
    let query = "query($id: ID!) { episode(id: $id) { thumbnail { placeholder renditions { url }
        variants { width height contentType url } } } }";
    let answer = app.viewer().send(query, json!({"id": episode})).await;
    let seen = &answer.data()["episode"]["thumbnail"];
    assert_eq!((&seen["placeholder"], &seen["renditions"]), (&asset["blurhash"], &json!([])));
    let mut bytes = file.bytes.len();
    for variant in seen["variants"].as_array().unwrap() {
        let body = reqwest::get(variant["url"].as_str().unwrap()).await.unwrap().bytes().await.unwrap();
        let picture = image::load_from_memory_with_format(&body, image::ImageFormat::WebP).unwrap();
        assert_eq!(json!([picture.width(), picture.height()]), json!([variant["width"], variant["height"]]));
        assert_eq!(picture.width(), picture.height() * 2);
        assert_eq!(variant["contentType"], "image/webp");
        bytes += body.len();
    }
    assert_eq!(seen["variants"].as_array().unwrap().len(), 4);
    // They count as the file itself does.
    assert_eq!(json!(used(&desk).await), json!(f64::from(u32::try_from(bytes).unwrap())));
    // When the file goes, they go.
    desk.count("MATCH (e:Episode {id: $id}) DETACH DELETE e RETURN 1 AS n", &episode).await;
    assert_eq!(desk.call("deleteAsset", &id).await["userErrors"], json!([]));
    let key = format!("tenants/{}/assets/{id}/w160.webp", desk.tenant);
    app.in_storage(|storage| async move { assert_eq!(storage.size(&key).await.unwrap(), None) }).await;
}

#[tokio::test]
async fn what_is_made_of_files_counts_in_the_plan() {
    let desk = Desk::open(TestApp::get().await).await;
    let file = File::picture(200, 100);
    let id = desk.upload(&file).await["asset"]["id"].as_str().unwrap().to_owned();
    until("variants", async || desk.asset(&id).await["variants"] != json!([])).await;
    let room = i64::try_from(file.bytes.len() * 2).unwrap();
    let limit = "MATCH (t:Tenant {id: $tenant}) SET t.maxStorageBytes = toInteger($id) RETURN 1 AS n";
    desk.count(limit, &room.to_string()).await;
    // Without the variants there would be room for the same once more.
    assert_eq!(super::desk::errors(&desk.begin_with(&file, &json!({})).await), ["LIMIT_REACHED"]);
    let variants = used(&desk).await - f64::from(u32::try_from(file.bytes.len()).unwrap());
    assert!(variants > 0.0);
    desk.count("MATCH (t:Tenant {id: $tenant}) SET t.maxStorageBytes = null RETURN 1 AS n", "").await;
    desk.begin(&file).await;
}

#[tokio::test]
async fn a_picture_that_cannot_be_decoded_is_given_up_at_once() {
    let app = TestApp::get().await;
    let desk = Desk::open(app).await;
    let (id, key) = (AssetId::generate().to_string(), format!("tenants/{}/odd/original", desk.tenant));
    let bytes = b"\x89PNG\r\n\x1a\nand nothing else".to_vec();
    let put = key.clone();
    app.in_storage(|storage| async move { storage.put(&put, "image/png", bytes).await.unwrap() }).await;
    let make = "CREATE (a:Asset {id: $id, tenantId: $tenant, kind: 'IMAGE', state: 'READY', contentType: 'image/png', bytes: 24,
                                 createdAt: datetime(), key: 'tenants/' + $tenant + '/odd/original'})
                RETURN 1 AS n";
    desk.count(make, &id).await;
    let event = EventId::generate().to_string();
    let ready =
        "CREATE (e:Event {id: $id, type: 'ASSET_READY', at: datetime(), tenantId: $tenant, correlationId: 'odd',
                                  dueAt: datetime(), functions: ['asset-variants']})
                 WITH e
                 MATCH (a:Asset {tenantId: $tenant, state: 'READY'})
                 SET e.subjectId = a.id
                 RETURN 1 AS n";
    desk.count(ready, &event).await;
    let failed = "MATCH (d:Delivery {eventId: $id}) WHERE d.failedAt IS NOT NULL AND d.error CONTAINS 'cannot be read'
                  RETURN d.attempts AS n";
    until("a failure", async || desk.count(failed, &event).await > 0).await;
    assert_eq!(desk.count(failed, &event).await, 1);
    assert_eq!(desk.asset(&id).await["variants"], json!([]));
}

/// What a search in captions finds: the moments and texts, and the slugs of the tenants.
async fn found(client: &Client, arguments: &str) -> Value {
    let query = format!(
        "{{ searchCaptions({arguments}) {{ nodes {{ startMs endMs text language episode {{ id tenant {{ slug }} }} }} }} }}"
    );
    client.query(&query).await.data()["searchCaptions"]["nodes"].clone()
}

#[tokio::test]
async fn what_is_said_in_visible_episodes_is_found_and_nothing_else() {
    let app = TestApp::get().await;
    let (desk, twin) = (Desk::open(app).await, Desk::open(app).await);
    let word = desk.tenant.replace("tn_", "word");
    let text =
        format!("WEBVTT\n\n00:01.000 --> 00:02.000\nThe {word} sings.\n\n00:03.000 --> 00:04.500\nNobody listens.\n");
    let file = File::new("CAPTIONS", "text/vtt", text.into());
    let mut episodes = Vec::new();
    for desk in [&desk, &twin] {
        let id = desk.begin_with(&file, &json!({"language": "pt-BR"})).await["upload"].clone();
        desk.put(&id["put"], &file.bytes).await.unwrap();
        let id = id["asset"]["id"].as_str().unwrap().to_owned();
        assert_eq!(desk.complete(&id).await["asset"]["state"], "READY");
        let cues = "MATCH (:Asset {id: $id})-[:HAS_CUE]->(c:Cue) RETURN count(c) AS n";
        until("cues", async || desk.count(cues, &id).await == 2).await;
        episodes.push(desk.show(&id, "CAPTIONS").await);
    }
    let viewer = app.viewer();
    let said = format!(r#"query: "{word}""#);
    until("an index", async || found(&viewer, &said).await.as_array().unwrap().len() == 2).await;
    let (slug, other) = (desk.slug.as_str(), twin.slug.as_str());
    let hits = found(&viewer, &format!(r#"{said}, tenant: "{slug}""#)).await;
    let expected = json!([{"startMs": 1_000, "endMs": 2_000, "text": format!("The {word} sings."), "language": "pt-BR",
                           "episode": {"id": episodes[0], "tenant": {"slug": slug}}}]);
    assert_eq!(hits, expected);
    // Confined to one of them, the other is not there, whatever is asked for.
    assert_eq!(found(&viewer.in_tenant(slug), &said).await, expected);
    assert_eq!(found(&viewer.in_tenant(slug), &format!(r#"{said}, tenant: "{other}""#)).await, json!([]));
    assert_eq!(found(&viewer, &format!(r#"{said}, tenant: "no-such-tenant""#)).await, json!([]));
    for (language, count) in [("pt", 2), ("pt-BR", 2), ("p", 0), ("en", 0)] {
        let hits = found(&viewer, &format!(r#"{said}, language: "{language}""#)).await;
        assert_eq!(hits.as_array().unwrap().len(), count, "{language}");
    }
    for odd in ["", "+-&&", "🎬"] {
        assert_eq!(found(&viewer, &format!("query: {}", json!(odd))).await, json!([]));
    }
    // One statement, whatever is asked of the episodes' tenants beside it.
    let (_, statements) = app
        .operator()
        .explain(&format!("{{ searchCaptions({said}) {{ nodes {{ text episode {{ title }} }} }} }}"))
        .await;
    assert_eq!(statements, ["catalog/search_captions"]);
    // What is hidden, or lies below something that is, says nothing.
    for (hide, show) in [
        (
            "MATCH (e:Episode {id: $id}) SET e.active = false RETURN 1 AS n",
            "MATCH (e:Episode {id: $id}) SET e.active = true RETURN 1 AS n",
        ),
        (
            "MATCH (e:Episode {id: $id}) SET e.was = e.publishedAt, e.publishedAt = null RETURN 1 AS n",
            "MATCH (e:Episode {id: $id}) SET e.publishedAt = e.was RETURN 1 AS n",
        ),
        (
            "MATCH (e:Episode {id: $id}) SET e.publishedAt = datetime() + duration('P1D') RETURN 1 AS n",
            "MATCH (e:Episode {id: $id}) SET e.publishedAt = e.was RETURN 1 AS n",
        ),
        (
            "MATCH (s:Series)-->(:Episode {id: $id}) SET s.active = false RETURN 1 AS n",
            "MATCH (s:Series)-->(:Episode {id: $id}) SET s.active = true RETURN 1 AS n",
        ),
        (
            "MATCH (:Episode {id: $id}) MATCH (t:Tenant {id: $tenant}) SET t.active = false RETURN 1 AS n",
            "MATCH (:Episode {id: $id}) MATCH (t:Tenant {id: $tenant}) SET t.active = true RETURN 1 AS n",
        ),
    ] {
        assert_eq!(desk.count(hide, &episodes[0]).await, 1);
        let hits = found(&viewer, &said).await;
        assert_eq!(hits.as_array().unwrap().len(), 1, "{hide}");
        assert_eq!(hits[0]["episode"]["tenant"]["slug"], other, "{hide}");
        assert_eq!(found(&viewer, &format!(r#"{said}, tenant: "{slug}""#)).await, json!([]), "{hide}");
        desk.count(show, &episodes[0]).await;
    }
    assert_eq!(found(&viewer, &said).await.as_array().unwrap().len(), 2);
    // Page by page, from either end.
    let page = async |arguments: &str| {
        let query =
            format!("{{ searchCaptions({said}, {arguments}) {{ edges {{ cursor node {{ episode {{ id }} }} }} }} }}");
        viewer.query(&query).await.data()["searchCaptions"]["edges"].clone()
    };
    let first = page("first: 1").await;
    let rest = page(&format!("first: 5, after: {}", first[0]["cursor"])).await;
    let back = page(&format!("last: 5, before: {}", rest[0]["cursor"])).await;
    assert_eq!((rest.as_array().unwrap().len(), &back), (1, &first));
    assert_ne!(rest[0]["node"], first[0]["node"]);
}
