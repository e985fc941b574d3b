//! Search forgives typing errors, ranks, and never shows its machinery.

use crate::support::{Client, Story, TestApp, episode, series};

async fn titles(client: &Client, query: &str) -> Vec<String> {
    let text = "query($text: String!) { search(query: $text, first: 50) { nodes { __typename
        ... on Franchise { title } ... on Series { title } ... on Episode { title } ... on Person { name } ... on Tag { name } } } }";
    let answer = client.send(text, serde_json::json!({"text": query})).await;
    let nodes = answer.data()["search"]["nodes"].as_array().unwrap();
    nodes.iter().map(|node| node.get("title").or(node.get("name")).unwrap().as_str().unwrap().to_owned()).collect()
}

/// Titles that only this tenant has, searched within it.
async fn library(app: &TestApp) -> Client {
    let mut story = Story::new("library");
    let franchise = story.franchise("f");
    franchise.title = "Lighthouse keepers".to_owned();
    franchise.synopsis = "Four people and a lamp.".to_owned();
    let mut entry = series("s");
    entry.title = "Lighthouse".to_owned();
    entry.synopsis = "The café at the end of the pier.".to_owned();
    for (number, title) in
        [(1, "The Lighthouse wife"), (2, "Nachtschicht"), (3, "مقهى الميناء"), (4, "Storm 🌩 warning")]
    {
        let mut episode = episode("s", 1, number);
        title.clone_into(&mut episode.title);
        episode.synopsis = "Nothing happens, slowly.".to_owned();
        entry.episodes.push(episode);
    }
    franchise.series = vec![entry];
    app.tell(&story).await;
    app.viewer().in_tenant(story.slug())
}

#[tokio::test]
async fn the_best_match_comes_first() {
    let client = library(TestApp::get().await).await;
    assert_eq!(titles(&client, "lighthouse").await, ["Lighthouse", "Lighthouse keepers", "The Lighthouse wife"]);
    assert_eq!(titles(&client, "  LIGHTHOUSE Keepers ").await, ["Lighthouse keepers"]);
}

#[tokio::test]
async fn typing_errors_and_unfinished_words_are_forgiven() {
    let client = library(TestApp::get().await).await;
    for typed in ["lighthous", "lighthouze", "ligthouse", "lighth"] {
        assert_eq!(titles(&client, typed).await.len(), 3, "{typed}");
    }
    assert_eq!(titles(&client, "nachtshicht").await, ["Nachtschicht"]);
    assert_eq!(titles(&client, "cafe").await, ["Lighthouse"], "a missing accent is a typing error");
    assert_eq!(titles(&client, "femle").await, [""; 0], "and what is too far away is not found");
}

#[tokio::test]
async fn a_title_with_typing_errors_comes_before_a_text() {
    let app = TestApp::get().await;
    let mut story = Story::new("ranked");
    let franchise = story.franchise("f");
    franchise.title = "A carpet".to_owned();
    franchise.description = "It is femle and frendly.".to_owned();
    let mut entry = series("s");
    entry.title = "Female friendly".to_owned();
    let titles_of = ["Panel of experts", "Bread: pan de ayer", "Pan"];
    entry.episodes = (1..)
        .zip(titles_of)
        .map(|(number, title)| {
            let mut episode = episode("s", 1, number);
            title.clone_into(&mut episode.title);
            episode
        })
        .collect();
    franchise.series = vec![entry];
    app.tell(&story).await;
    let client = app.viewer().in_tenant(story.slug());
    assert_eq!(titles(&client, "femle frendly").await, ["Female friendly", "A carpet"]);
    assert_eq!(titles(&client, "pan").await, ["Pan", "Panel of experts", "Bread: pan de ayer"]);
    assert_eq!(titles(&client, "pan de").await, ["Bread: pan de ayer"]);
}

#[tokio::test]
async fn every_script_can_be_searched() {
    let client = library(TestApp::get().await).await;
    assert_eq!(titles(&client, "الميناء").await, ["مقهى الميناء"]);
    assert_eq!(titles(&client, "storm 🌩").await, ["Storm 🌩 warning"]);
    assert_eq!(titles(&client, "🌩").await, [""; 0]);
}

#[tokio::test]
async fn people_and_tags_are_found_and_types_narrow() {
    let app = TestApp::get().await;
    let query = r#"{ search(query: "comedy", types: [TAG], first: 100) { nodes { __typename ... on Tag { name } } } }"#;
    let answer = app.viewer().query(query).await;
    let nodes = answer.data()["search"]["nodes"].as_array().unwrap();
    assert!(!nodes.is_empty() && nodes.iter().all(|node| node["__typename"] == "Tag"));
    let none = app.viewer().query(r#"{ search(query: "comedy", types: []) { nodes { __typename } } }"#).await;
    assert_eq!(none.data()["search"]["nodes"].as_array().unwrap().len(), 0);
}

#[tokio::test]
async fn no_input_is_an_error_of_the_index() {
    let client = library(TestApp::get().await).await;
    let long = "lighthouse ".repeat(18);
    let odd = [
        "",
        " ",
        "AND",
        "OR NOT",
        "lighthouse AND",
        "\"lighthouse",
        "(lighthouse",
        "lighthouse)",
        "title:lighthouse",
        "light*house?",
        "~",
        "lighthouse~5",
        "lighthouse^9",
        "[a TO z]",
        "{a TO",
        "/light.*/",
        "\\",
        "\\\\",
        "+-!&&||",
        "a:b:c",
        "*:*",
        "_exists_:id",
        "tenantId:x",
        "👩‍👩‍👧‍👦",
        "\u{202e}cba",
        "e\u{301}",
        "\u{0}\u{7}",
        "'; MATCH (n) DETACH DELETE n //",
        "$now",
        "🏳️‍🌈 AND 🏴",
        "1.5e308",
        "ﷺ",
        long.as_str(),
    ];
    for text in odd {
        titles(&client, text).await;
    }
    assert_eq!(titles(&client, "title:lighthouse").await, [""; 0], "a field is a word like any other");
    let answer =
        client.query(&format!(r#"{{ search(query: "{}") {{ nodes {{ __typename }} }} }}"#, "a".repeat(201))).await;
    assert_eq!(answer.codes(), ["BAD_USER_INPUT"]);
}
