//! The catalogue as frontends read it, mostly on the sample that a fresh server shows.

use std::collections::HashSet;

use serde_json::json;

use crate::support::{Story, TestApp, credit, episode, series};

#[tokio::test]
async fn a_frontend_builds_an_episode_page_from_one_query() {
    let app = TestApp::get().await;
    let mut story = Story::new("page");
    let (ada, ben) = (story.person("Ada"), story.person("Ben"));
    let tag = story.tag("comedy");
    let franchise = story.franchise("salt");
    franchise.tags = vec![tag.clone()];
    let mut entry = series("low-tide");
    entry.credits = vec![credit(&ada, "CREATOR")];
    let mut pilot = episode("low-tide", 1, 1);
    pilot.title = "Ebb 🌊".to_owned();
    pilot.credits = vec![credit(&ben, "ACTOR"), credit(&ada, "DIRECTOR")];
    pilot.credits[0].character = Some("The harbour master".to_owned());
    entry.episodes = vec![pilot.clone(), episode("low-tide", 1, 2), episode("low-tide", 2, 1)];
    franchise.series = vec![entry];
    app.tell(&story).await;

    let answer = app
        .viewer()
        .query(&format!(
            r#"{{ episode(slug: "low-tide-s1e1", tenant: "{}") {{
                title season number durationMs publishedAt language
                series {{ title franchise {{ title tenant {{ slug }} tags {{ nodes {{ slug }} }} }}
                    credits {{ nodes {{ role character person {{ slug }} }} }} }}
                credits {{ nodes {{ role character person {{ slug credits {{ nodes {{ role content {{ __typename slug }} }} }} }} }} }}
            }} }}"#,
            story.slug()
        ))
        .await;
    assert_eq!(
        answer.data()["episode"],
        json!({
            "title": "Ebb 🌊", "season": 1, "number": 1, "durationMs": 600_000, "language": "en",
            "publishedAt": pilot.published_at.unwrap().to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
            "series": {
                "title": "The series low-tide",
                "franchise": {
                    "title": "The franchise salt", "tenant": {"slug": story.slug()}, "tags": {"nodes": [{"slug": tag}]},
                },
                "credits": {"nodes": [{"role": "CREATOR", "character": null, "person": {"slug": ada}}]},
            },
            "credits": {"nodes": [
                {"role": "ACTOR", "character": "The harbour master", "person": {"slug": ben, "credits": {"nodes": [
                    {"role": "ACTOR", "content": {"__typename": "Episode", "slug": "low-tide-s1e1"}},
                ]}}},
                {"role": "DIRECTOR", "character": null, "person": {"slug": ada, "credits": {"nodes": [
                    {"role": "DIRECTOR", "content": {"__typename": "Episode", "slug": "low-tide-s1e1"}},
                    {"role": "CREATOR", "content": {"__typename": "Series", "slug": "low-tide"}},
                ]}}},
            ]},
        })
    );
}

#[tokio::test]
async fn a_tag_gathers_content_of_every_kind() {
    let app = TestApp::get().await;
    let mut story = Story::new("tagged");
    let tag = story.tag("sea");
    let franchise = story.franchise("salt");
    franchise.tags = vec![tag.clone()];
    let mut entry = series("low-tide");
    entry.tags = vec![tag.clone()];
    let mut pilot = episode("low-tide", 1, 1);
    pilot.tags = vec![tag.clone()];
    entry.episodes = vec![pilot];
    franchise.series = vec![entry];
    app.tell(&story).await;
    let query = format!(
        r#"{{ tag(slug: "{tag}") {{ items {{ nodes {{ __typename slug title ... on Episode {{ series {{ slug }} }} }} }} }} }}"#
    );
    let answer = app.viewer().query(&query).await;
    let nodes = answer.data()["tag"]["items"]["nodes"].as_array().unwrap();
    let kinds: Vec<_> = nodes.iter().map(|node| node["__typename"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["Episode", "Series", "Franchise"], "last tagged first");
    assert_eq!(nodes[0]["series"]["slug"], "low-tide");
}

#[tokio::test]
async fn the_sample_is_as_large_as_promised() {
    let app = TestApp::get().await;
    let slugs = ["female-friendly-productions", "kettle-and-crow", "lanternfish-collective", "taller-ambar"];
    let (mut franchises, mut serieses, mut episodes) = (0, 0, 0);
    for slug in slugs {
        let query = "{ franchises { nodes { poster { url } series { nodes {
            poster { url } episodes(first: 50) { nodes { thumbnail { url } } } } } } } }";
        let answer = app.viewer().in_tenant(slug).query(query).await;
        for franchise in answer.data()["franchises"]["nodes"].as_array().unwrap() {
            franchises += 1;
            assert!(franchise["poster"]["url"].is_string());
            for series in franchise["series"]["nodes"].as_array().unwrap() {
                serieses += 1;
                assert!(series["poster"]["url"].is_string());
                for episode in series["episodes"]["nodes"].as_array().unwrap() {
                    episodes += 1;
                    assert!(episode["thumbnail"]["url"].is_string());
                }
            }
        }
    }
    assert!(franchises >= 10 && serieses >= 25 && episodes >= 200, "{franchises} {serieses} {episodes}");

    let (mut tags, mut people) = (HashSet::new(), HashSet::new());
    for slug in slugs {
        let client = app.viewer().in_tenant(slug);
        let answer = client.query("{ tags(first: 100) { nodes { slug } } }").await;
        tags.extend(answer.data()["tags"]["nodes"].as_array().unwrap().iter().map(|tag| tag["slug"].to_string()));
        let query = "{ allSeries(first: 50) { nodes { credits { nodes { person { slug } } }
            episodes(first: 50) { nodes { credits(first: 5) { nodes { person { slug } } } } } } } }";
        let answer = client.query(query).await;
        let text = answer.data().to_string();
        people.extend(
            text.split("\"person\":{\"slug\":\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()),
        );
    }
    assert!(tags.len() >= 40 && people.len() >= 60, "{} tags, {} people", tags.len(), people.len());
}

#[tokio::test]
async fn a_player_gets_video_and_captions_by_signed_addresses() {
    let app = TestApp::get().await;
    let query = r#"{ franchise(slug: "female-friendly", tenant: "female-friendly-productions") { title
        poster { url contentType width height }
        series(first: 1) { nodes { episodes(first: 1) { nodes {
            video { url urlExpiresAt contentType bytes checksum durationMs } captions { url language contentType }
        } } } } } }"#;
    let answer = app.viewer().query(query).await;
    let franchise = &answer.data()["franchise"];
    assert_eq!(franchise["title"], "Female Friendly");
    let episode = &franchise["series"]["nodes"][0]["episodes"]["nodes"][0];
    let video = &episode["video"];
    assert_eq!((&video["contentType"], &video["durationMs"]), (&json!("video/mp4"), &json!(11_000)));

    let url = video["url"].as_str().unwrap();
    let http = reqwest::Client::new();
    let part = http.get(url).header("range", "bytes=0-11").send().await.unwrap();
    assert_eq!(part.status(), 206, "players read parts");
    let whole = http.get(url).send().await.unwrap();
    assert_eq!(whole.headers()["content-type"], "video/mp4");
    let bytes = whole.bytes().await.unwrap();
    assert_eq!(&bytes[4..8], b"ftyp", "an MP4 begins with its type");
    assert_eq!(json!(f64::from(u32::try_from(bytes.len()).unwrap())), video["bytes"]);

    let captions = episode["captions"][0]["url"].as_str().unwrap();
    let preflight = http.get(captions).header("origin", "http://player.example").send().await.unwrap();
    assert_eq!(preflight.headers()["access-control-allow-origin"], "*", "captions are read across origins");
    assert!(preflight.text().await.unwrap().starts_with("WEBVTT"));

    let forged = url.replace("X-Amz-Expires=3600", "X-Amz-Expires=360000");
    assert_ne!(forged, url);
    assert_eq!(http.get(forged).send().await.unwrap().status(), 403);
    assert_eq!(http.get(url.split('?').next().unwrap()).send().await.unwrap().status(), 403);
}

#[tokio::test]
async fn loading_again_brings_the_graph_up_to_date_and_doubles_nothing() {
    let app = TestApp::get().await;
    let mut story = Story::new("again");
    let (ada, ben) = (story.person("Ada"), story.person("Ben"));
    let mut entry = series("s");
    entry.published_at = None;
    entry.credits = vec![credit(&ada, "CREATOR"), credit(&ben, "WRITER")];
    entry.episodes = vec![episode("s", 1, 1)];
    story.franchise("f").series = vec![entry];
    app.tell(&story).await;
    app.tell(&story).await;
    let ask = async || {
        let query = format!(
            r#"{{ tenant(slug: "{}") {{ series {{ nodes {{ title credits {{ nodes {{ role person {{ slug }} }} }}
                episodes {{ nodes {{ title }} }} }} }} }} }}"#,
            story.slug()
        );
        app.viewer().query(&query).await.data()["tenant"]["series"]["nodes"].clone()
    };
    assert_eq!(ask().await, json!([]), "a draft");

    // The draft is published under another title, and Ada leaves.
    let mut later = Story::new("later");
    later.catalogue = story.catalogue.clone();
    let entry = &mut later.tenant().franchises[0].series[0];
    entry.published_at = Some(crate::support::days_ago(1));
    entry.title = "Out at last".to_owned();
    entry.credits.remove(0);
    app.tell(&later).await;
    let credits = json!({"nodes": [{"role": "WRITER", "person": {"slug": ben}}]});
    let episodes = json!({"nodes": [{"title": "Episode 1 of s"}]});
    assert_eq!(ask().await, json!([{"title": "Out at last", "credits": credits, "episodes": episodes}]));
}
