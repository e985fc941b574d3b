//! Home pages: rails of every kind, as each viewer sees them.

mod personal;
mod platform;

use seeka::graph::Statement;
use seeka::home::RailContentType;
use seeka::seed::{RailEntry, RailSourceEntry};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::{Client, Member, Story, TestApp, days_ago, episode, series};

const HOME: &str = "query($slug: String) { home(tenantSlug: $slug) { tenant { slug }
    rails { title kind tagId strategy items { __typename slug } } } }";

fn rail(title: &str, source: RailSourceEntry) -> RailEntry {
    RailEntry { title: title.to_owned(), limit: 10, source }
}

fn picked(title: &str, paths: &[&str]) -> RailEntry {
    rail(title, RailSourceEntry::HandPicked { content: paths.iter().map(|path| (*path).to_owned()).collect() })
}

/// A tenant with two series of three episodes each, the second of which is the newer one.
fn studio() -> Story {
    let mut story = Story::new("home");
    let franchise = story.franchise("f");
    for (slug, days) in [("one", 90), ("two", 80)] {
        let mut entry = series(slug);
        entry.published_at = Some(days_ago(days));
        entry.episodes = (1..=3).map(|number| episode(slug, 1, number)).collect();
        franchise.series.push(entry);
    }
    story
}

/// What a client sees on the home page of a tenant: the titles of the rails with the slugs of their items.
async fn shown(client: &Client, slug: &str) -> Vec<(String, Vec<String>)> {
    let answer = client.send(HOME, json!({"slug": slug})).await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let rails = answer.data()["home"]["rails"].as_array().unwrap().iter();
    let items = |rail: &Value| rail["items"].as_array().unwrap().iter().map(|item| text(&item["slug"])).collect();
    rails.map(|rail| (text(&rail["title"]), items(rail))).collect()
}

/// The slugs of one rail; none if it is not there.
async fn rail_of(client: &Client, slug: &str, title: &str) -> Vec<String> {
    let rails = shown(client, slug).await;
    rails.into_iter().find(|(found, _)| found == title).map(|(_, items)| items).unwrap_or_default()
}

/// Notes that somebody has watched episodes of a tenant: whose, which, how far, and how many minutes ago.
async fn watched(app: &TestApp, tenant: &str, what: &[(&Member, &str, f64, i64)]) {
    const WATCH: &str = "
        MATCH (t:Tenant {slug: $tenant})
        UNWIND $rows AS row
        MATCH (u:User {id: row.user})
        MATCH (e:Episode {tenantId: t.id, slug: row.episode})
        MERGE (u)-[w:WATCHED]->(e)
        SET w += {userId: u.id, episodeId: e.id, tenantId: t.id, positionMs: 1, plays: 1, completion: row.completion,
                  firstAt: datetime() - duration({days: 20}), lastAt: datetime() - duration({minutes: row.minutes})}
        RETURN count(w) AS count";
    #[derive(Deserialize)]
    struct Row {
        count: usize,
    }
    let rows = what.iter().map(|(member, episode, completion, minutes)| {
        let row = json!({"user": member.id, "episode": episode, "completion": completion, "minutes": minutes});
        neo4rs::BoltType::try_from(row).unwrap()
    });
    let statement = Statement::new("tests/watched", WATCH).bind("tenant", tenant);
    let (statement, count) = (statement.bind("rows", rows.collect::<Vec<_>>()), what.len());
    app.in_graph(|graph| async move {
        assert_eq!(graph.write::<Row>(statement).await.unwrap()[0].count, count);
    })
    .await;
}

async fn members<const N: usize>(app: &TestApp, names: [&str; N]) -> [Member; N] {
    let mut members = Vec::new();
    for name in names {
        members.push(Member::register(&app.viewer(), name).await);
    }
    members.try_into().unwrap_or_else(|_| unreachable!())
}

#[tokio::test]
async fn rails_show_what_they_are_made_of_and_empty_ones_are_not_there() {
    let app = TestApp::get().await;
    let mut story = studio();
    let (tag, unused) = (story.tag("slow"), story.tag("unused"));
    story.franchise("draft").published_at = None;
    story.franchise("f2").published_at = Some(days_ago(70));
    let franchise = &mut story.tenant().franchises[0];
    franchise.tags = vec![tag.clone()];
    franchise.series[1].tags = vec![tag.clone()];
    franchise.series[0].episodes[2].published_at = None;
    franchise.series[1].episodes[1].active = false;
    let newest = |content_type| RailSourceEntry::Newest { content_type };
    story.tenant().home = vec![
        picked("Picked", &["f/two", "draft", "f", "nothing", "f/one"]),
        picked("Hidden", &["draft"]),
        rail("Tagged", RailSourceEntry::ByTag { tag }),
        rail("Unused", RailSourceEntry::ByTag { tag: unused }),
        rail("Franchises", newest(RailContentType::Franchise)),
        RailEntry { limit: 1, ..rail("Series", newest(RailContentType::Series)) },
        rail("Episodes", newest(RailContentType::Episode)),
        rail("Trending", RailSourceEntry::Trending),
        rail("Continue", RailSourceEntry::ContinueWatching),
    ];
    app.tell(&story).await;

    let slug = story.slug();
    let expected: [(&str, &[&str]); 5] = [
        ("Picked", &["two", "f", "one"]),
        ("Tagged", &["two", "f"]),
        ("Franchises", &["f2", "f"]),
        ("Series", &["two"]),
        // Those of one moment are in the order of their ids, which are made of names.
        ("Episodes", &[]),
    ];
    for client in [app.viewer(), app.user(), app.viewer().in_tenant(slug)] {
        let rails = shown(&client, slug).await;
        assert_eq!(rails.len(), expected.len(), "{rails:?}");
        for ((title, items), (expected, own)) in rails.iter().zip(expected) {
            assert_eq!(title, expected);
            assert!(own.is_empty() || items == own, "{title}: {items:?}");
        }
        let mut episodes = rails[4].1.clone();
        episodes.sort();
        assert_eq!(episodes, ["one-s1e1", "one-s1e2", "two-s1e1", "two-s1e3"]);
    }
    // Within a tenant, its page is that of the platform for all others.
    let inside = app.viewer().in_tenant(slug).query("{ home { tenant { slug } rails { title } } }").await;
    assert_eq!(inside.data()["home"]["tenant"]["slug"], slug);
    assert_eq!(inside.data()["home"]["rails"].as_array().unwrap().len(), 5);
    let query = r#"{ home { rails { items(first: 1) { slug } } } }"#;
    let fewer = app.viewer().in_tenant(slug).query(query).await;
    assert_eq!(fewer.data()["home"]["rails"][0]["items"], json!([{"slug": "two"}]));
    for wrong in ["0", "-1", "51"] {
        let query = query.replace("first: 1", &format!("first: {wrong}"));
        assert_eq!(app.viewer().in_tenant(slug).query(&query).await.codes()[0], "BAD_USER_INPUT");
    }
}

#[tokio::test]
async fn a_page_that_nobody_has_made_shows_what_is_usual() {
    let app = TestApp::get().await;
    let story = studio();
    app.tell(&story).await;
    let newest = ("New series".to_owned(), vec!["two".to_owned(), "one".to_owned()]);
    assert_eq!(shown(&app.viewer(), story.slug()).await, std::slice::from_ref(&newest));

    let [ada] = members(app, ["ada"]).await;
    watched(app, story.slug(), &[(&ada, "one-s1e1", 0.5, 60)]).await;
    let trending = ("Trending".to_owned(), vec!["one".to_owned()]);
    assert_eq!(shown(&app.viewer(), story.slug()).await, [newest.clone(), trending.clone()]);
    let own = ("Continue watching".to_owned(), vec!["one-s1e1".to_owned()]);
    assert_eq!(shown(&ada.client, story.slug()).await, [own, newest, trending]);
}

#[tokio::test]
async fn what_several_people_watch_trends() {
    let app = TestApp::get().await;
    let mut story = studio();
    story.tenant().franchises[0].series.push(series("three"));
    let mut hidden = series("hidden");
    hidden.episodes = vec![episode("hidden", 1, 1)];
    hidden.published_at = None;
    story.tenant().franchises[0].series.push(hidden);
    story.tenant().home = vec![rail("Trending", RailSourceEntry::Trending)];
    app.tell(&story).await;
    let [ada, bob, cyd] = members(app, ["ada", "bob", "cyd"]).await;
    let long_ago = 8 * 24 * 60;
    let what = [
        // One person who watches much is one person.
        (&ada, "two-s1e1", 1.0, 1),
        (&ada, "two-s1e2", 1.0, 2),
        (&ada, "two-s1e3", 1.0, 3),
        (&bob, "one-s1e1", 1.0, 4),
        (&cyd, "one-s1e2", 0.1, 5),
        (&bob, "two-s1e1", 1.0, long_ago),
        (&cyd, "two-s1e1", 1.0, long_ago),
        (&ada, "hidden-s1e1", 1.0, 1),
    ];
    watched(app, story.slug(), &what).await;
    for client in [app.viewer(), ada.client.clone()] {
        assert_eq!(rail_of(&client, story.slug(), "Trending").await, ["one", "two"]);
    }
    // What trends on the platform comes from all tenants; others watch meanwhile.
    let answer = app.viewer().query("{ home { tenant { slug } rails { kind items { __typename } } } }").await;
    assert_eq!(answer.data()["home"]["tenant"], Value::Null);
}

#[tokio::test]
async fn a_page_of_all_kinds_costs_one_statement_a_level() {
    let app = TestApp::get().await;
    let ada = Member::operator(app, "ada").await;
    let [bob] = members(app, ["bob"]).await;
    let mut pages = Vec::new();
    for _ in 0..2 {
        let mut story = studio();
        let tag = story.tag("slow");
        story.tenant().franchises[0].series[0].tags = vec![tag.clone()];
        let newest = |content_type| RailSourceEntry::Newest { content_type };
        story.tenant().home = vec![
            picked("Picked", &["f/two"]),
            rail("Tagged", RailSourceEntry::ByTag { tag }),
            rail("Franchises", newest(RailContentType::Franchise)),
            rail("Series", newest(RailContentType::Series)),
            rail("Episodes", newest(RailContentType::Episode)),
            rail("Trending", RailSourceEntry::Trending),
            rail("Continue", RailSourceEntry::ContinueWatching),
            // Equal ones are asked for once.
            rail("Continue again", RailSourceEntry::ContinueWatching),
        ];
        story.tenant().home.extend(personal::recommended());
        app.tell(&story).await;
        watched(app, story.slug(), &[(&ada, "one-s1e1", 0.5, 1), (&bob, "one-s1e1", 1.0, 1)]).await;
        pages.push(story.slug().to_owned());
    }
    let rails = "{ tenant { slug } rails { title items { ... on Episode { title series { title } } ... on Series { title franchise { title } } } } }";
    let [one, other] = &pages[..] else { unreachable!() };
    let query = format!(r#"{{ a: home(tenantSlug: "{one}") {rails} b: home(tenantSlug: "{other}") {rails} }}"#);
    let (answer, statements) = ada.client.explain(&query).await;
    for page in ["a", "b"] {
        assert_eq!(answer.data()[page]["rails"].as_array().unwrap().len(), 8, "{:#}", answer.body);
    }
    // What the rails did not bring along is looked up by id, once for each kind of it.
    assert_eq!(statements[..2], ["home/pages", "home/items"], "{statements:?}");
    assert!(statements[2..].iter().all(|statement| statement == "catalog/nodes_by_ids"), "{statements:?}");
    assert!(statements.len() <= 4, "{statements:?}");
    let (_, statements) = ada.client.explain(r#"{ home { rails { items { slug } } } }"#).await;
    assert_eq!(statements, ["home/pages", "home/items"]);
}

#[tokio::test]
async fn caches_keep_no_rails() {
    let app = TestApp::get().await;
    let story = studio();
    app.tell(&story).await;
    let control = async |query: &str| {
        let request = app.viewer().request(reqwest::Method::GET, "/graphql").query(&[("query", query)]);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), 200, "{query}");
        response.headers()["cache-control"].to_str().unwrap().to_owned()
    };
    let home = |what: &str| format!(r#"{{ home(tenantSlug: "{}") {{ {what} }} }}"#, story.slug());
    assert_eq!(control(&home("tenant { name }")).await, "public, max-age=60");
    assert_eq!(control(&home("tenant { name } rails { title }")).await, "private, no-store");
}

#[tokio::test]
async fn a_page_shows_nothing_of_other_tenants_and_hidden_ones_have_none() {
    #[derive(Deserialize)]
    struct Row {
        count: i64,
    }
    let app = TestApp::get().await;
    let (mut own, mut other) = (studio(), studio());
    let tag = own.tag("shared");
    other.catalogue.tags.clone_from(&own.catalogue.tags);
    for story in [&mut own, &mut other] {
        story.tenant().franchises[0].series[0].tags = vec![tag.clone()];
        story.tenant().franchises[0].series[0].slug = story.shared_slug("one");
        story.tenant().home = vec![rail("Tagged", RailSourceEntry::ByTag { tag: tag.clone() })];
        app.tell(story).await;
    }
    // The rails of one name what is of the other.
    let take = "MATCH (:Tenant {slug: $own})-[:HAS_HOME_PAGE]->(h:HomePage)
        MATCH (:Tenant {slug: $other})-[:OWNS]->(f:Franchise)-[:HAS_SERIES]->(s:Series)
        WITH h, collect('\"' + s.id + '\"') + ['\"' + head(collect(f.id)) + '\"'] AS ids
        SET h.rails = '[{\"title\": \"Picked\", \"limit\": 10, \"kind\": \"HAND_PICKED\", \"contentIds\": ['
          + reduce(text = '', id IN ids | text + CASE text WHEN '' THEN '' ELSE ',' END + id)
          + ']}, {\"title\": \"Later\", \"limit\": 3, \"kind\": \"BY_STARS\"},' + substring(h.rails, 1)
        RETURN size(ids) AS count";
    let statement = Statement::new("tests/take", take).bind("own", own.slug()).bind("other", other.slug());
    app.in_graph(|graph| async move { assert_eq!(graph.write::<Row>(statement).await.unwrap()[0].count, 3) }).await;
    for client in [app.viewer(), app.viewer().in_tenant(own.slug()), app.operator()] {
        assert_eq!(shown(&client, own.slug()).await, [("Tagged".to_owned(), vec![own.shared_slug("one")])]);
    }
    let confined = app.viewer().in_tenant(other.slug()).send(HOME, json!({"slug": own.slug()})).await;
    assert_eq!(confined.data(), &json!({"home": null}));
    own.tenant().active = false;
    app.tell(&own).await;
    for slug in [own.slug(), "nobody-of-this-name"] {
        for client in [app.viewer(), app.operator()] {
            assert_eq!(client.send(HOME, json!({"slug": slug})).await.data(), &json!({"home": null}));
        }
    }
}
