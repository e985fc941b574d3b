//! One statement for each level of a query, however wide the level is.

use serde_json::Value;

use crate::support::{Member, Story, TestApp, credit, episode, series};

/// A tenant with `franchises` × `series` × `episodes`, each tagged and credited.
fn wide(franchises: usize, serieses: usize, episodes: i32) -> Story {
    let mut story = Story::new("wide");
    let tags = [story.tag("slow"), story.tag("loud")];
    let person = story.person("Ada");
    for f in 0..franchises {
        let franchise = story.franchise(&format!("f{f}"));
        for s in 0..serieses {
            let slug = format!("f{f}s{s}");
            let mut entry = series(&slug);
            entry.tags = tags.to_vec();
            for number in 1..=episodes {
                let mut episode = episode(&slug, 1, number);
                episode.tags = tags.to_vec();
                episode.credits = vec![credit(&person, "DIRECTOR"), credit(&person, "WRITER")];
                entry.episodes.push(episode);
            }
            franchise.series.push(entry);
        }
    }
    story
}

#[tokio::test]
async fn a_query_of_five_levels_costs_one_statement_a_level() {
    let app = TestApp::get().await;
    let story = wide(4, 5, 6);
    app.tell(&story).await;
    let query = format!(
        r#"{{ tenant(slug: "{}") {{ name
            franchises {{ nodes {{ title tenant {{ name }}
                series {{ nodes {{ title franchise {{ title }} poster {{ url }} tags {{ nodes {{ name }} }}
                    episodes(first: 5) {{ nodes {{ title series {{ title }}
                        tags {{ nodes {{ name }} }} credits {{ nodes {{ role person {{ name }} }} }} thumbnail {{ url }}
                    }} }}
                }} }}
            }} }}
        }} }}"#,
        story.slug()
    );
    let (answer, statements) = app.operator().explain(&query).await;
    let franchises = answer.data()["tenant"]["franchises"]["nodes"].as_array().unwrap();
    assert_eq!(franchises.len(), 4);
    let episodes = |series: &Value| series["episodes"]["nodes"].as_array().unwrap().clone();
    let all: Vec<Value> =
        franchises.iter().flat_map(|f| f["series"]["nodes"].as_array().unwrap()).flat_map(episodes).collect();
    assert_eq!(all.len(), 4 * 5 * 5);
    for episode in all {
        assert_eq!(episode["tags"]["nodes"].as_array().unwrap().len(), 2);
        let roles: Vec<_> = episode["credits"]["nodes"].as_array().unwrap().iter().map(|c| c["role"].clone()).collect();
        assert_eq!(roles, ["DIRECTOR", "WRITER"]);
    }
    // The way back up (tenant, franchise, series) is known already and costs nothing.
    assert_eq!(
        statements,
        [
            "catalog/nodes_by_slugs",
            "catalog/franchises_by_tenants",
            "catalog/relations_by_content",
            "catalog/relations_by_content",
            "catalog/relations_by_content",
        ]
    );
}

#[tokio::test]
async fn the_first_episodes_of_each_of_sixty_series_are_one_statement() {
    let app = TestApp::get().await;
    let story = wide(1, 60, 7);
    app.tell(&story).await;
    let query = format!(
        r#"{{ franchise(slug: "f0", tenant: "{}") {{ series(first: 60) {{ nodes {{
            first: episodes(first: 5) {{ nodes {{ number }} pageInfo {{ hasNextPage }} }}
            last: episodes(last: 2) {{ nodes {{ number }} }}
        }} }} }} }}"#,
        story.slug()
    );
    let (answer, statements) = app.operator().explain(&query).await;
    let serieses = answer.data()["franchise"]["series"]["nodes"].as_array().unwrap();
    assert_eq!(serieses.len(), 60);
    for series in serieses {
        let numbers = |list: &str| -> Vec<_> {
            series[list]["nodes"].as_array().unwrap().iter().map(|e| e["number"].as_i64().unwrap()).collect()
        };
        assert_eq!(numbers("first"), [1, 2, 3, 4, 5]);
        assert_eq!(numbers("last"), [6, 7]);
        assert_eq!(series["first"]["pageInfo"]["hasNextPage"], true);
    }
    assert_eq!(statements.len(), 3, "{statements:?}");
}

#[tokio::test]
async fn a_level_of_thousands_is_not_split() {
    let app = TestApp::get().await;
    let story = wide(1, 60, 30);
    app.tell(&story).await;
    let query = format!(
        r#"{{ franchise(slug: "f0", tenant: "{}") {{ series(first: 60) {{ nodes {{ poster {{ url }}
            episodes(first: 30) {{ nodes {{ tags {{ nodes {{ name }} }} series {{ title }} thumbnail {{ url }} }} }} }} }} }} }}"#,
        story.slug()
    );
    let (answer, statements) = app.operator().explain(&query).await;
    assert_eq!(answer.data().to_string().matches("loud").count(), 60 * 30);
    assert_eq!(statements.len(), 4, "{statements:?}");
}

#[tokio::test]
async fn nodes_of_every_kind_are_one_statement() {
    let app = TestApp::get().await;
    let mut story = wide(1, 1, 1);
    let person = story.catalogue.people[0].slug.clone();
    story.tenant();
    app.tell(&story).await;
    let slug = story.slug();
    let tag = &story.catalogue.tags[0].slug;
    let query = format!(
        r#"{{ tenant(slug: "{slug}") {{ id }} franchise(slug: "f0", tenant: "{slug}") {{ id }}
             series(slug: "f0s0", tenant: "{slug}") {{ id }} episode(slug: "f0s0-s1e1", tenant: "{slug}") {{ id }}
             tag(slug: "{tag}") {{ id }} person(slug: "{person}") {{ id }} }}"#
    );
    let (answer, statements) = app.operator().explain(&query).await;
    assert_eq!(statements, ["catalog/nodes_by_slugs"]);
    let data = answer.data();
    let ids: Vec<&str> = ["person", "tag", "episode", "series", "franchise", "tenant"]
        .iter()
        .map(|kind| data[kind]["id"].as_str().unwrap())
        .collect();
    let missing = seeka::id::EpisodeId::generate();
    let list = ids.iter().map(|id| format!("\"{id}\"")).collect::<Vec<_>>().join(",");
    let query = format!(r#"{{ nodes(ids: [{list}, "{missing}"]) {{ id __typename }} }}"#);
    let (answer, statements) = app.operator().explain(&query).await;
    assert_eq!(statements, ["catalog/nodes_by_ids"]);
    let nodes = answer.data()["nodes"].as_array().unwrap();
    let kinds: Vec<_> = nodes.iter().map(|node| node["__typename"].as_str()).collect();
    let expected = ["Person", "Tag", "Episode", "Series", "Franchise", "Tenant"].map(Some);
    assert_eq!(kinds, [&expected[..], &[None]].concat());
    assert!(nodes.iter().zip(&ids).all(|(node, id)| node["id"] == *id), "the order of the ids is kept");
}

#[tokio::test]
async fn each_list_of_an_account_is_one_statement() {
    let app = TestApp::get().await;
    let ada = Member::operator(app, "ada").await.again(&app.viewer()).await;
    let lists = "{ viewer { identities { id }
        sessions { nodes { id } pageInfo { hasNextPage } } accessTokens { nodes { id } pageInfo { hasNextPage } }
        last: sessions(last: 1) { nodes { id } } memberships { nodes { role } } securityEvents { nodes { type } } } }";
    let (answer, mut statements) = ada.client.explain(lists).await;
    assert_eq!(answer.data()["viewer"]["sessions"]["nodes"].as_array().unwrap().len(), 3);
    statements.sort();
    assert_eq!(
        statements,
        [
            "accounts/access_tokens",
            "accounts/identities_by_users",
            "accounts/sessions_of_viewer",
            "accounts/viewer",
            "events/by_subject",
            "tenants/memberships",
        ]
    );
}

#[tokio::test]
async fn only_operators_learn_the_statements() {
    let app = TestApp::get().await;
    for client in [app.viewer(), app.user()] {
        let answer =
            client.with_header("seeka-debug", "statements").query("{ tenants(first: 1) { nodes { id } } }").await;
        assert!(answer.body["extensions"].get("debug").is_none(), "{:#}", answer.body);
    }
    let answer = app.operator().query("{ tenants(first: 1) { nodes { id } } }").await;
    assert!(answer.body["extensions"].get("debug").is_none(), "nobody asked");
}
