//! What is inactive, a draft or scheduled, or lies below such a thing, does not exist for viewers.

use chrono::{DateTime, Duration, Utc};
use seeka::home::RailContentType;
use seeka::id::{EpisodeId, FranchiseId, PersonId, SeriesId, TagId, TenantId};
use seeka::seed::{RailEntry, RailSourceEntry};
use serde_json::Value;

use crate::support::{Client, Story, TestApp, credit, episode, series};

/// How a piece of content can be hidden.
#[derive(Debug, Clone, Copy)]
enum Hidden {
    Inactive,
    Draft,
    Scheduled,
}

const WAYS: [Hidden; 3] = [Hidden::Inactive, Hidden::Draft, Hidden::Scheduled];

/// A macro, because the three kinds share field names and not a type.
macro_rules! hide {
    ($entry:expr, $how:expr) => {
        match $how {
            Hidden::Inactive => $entry.active = false,
            Hidden::Draft => $entry.published_at = None,
            Hidden::Scheduled => $entry.published_at = Some(Utc::now() + Duration::days(2)),
        }
    };
}

/// One franchise, series and episode that share a tag and a person.
fn one_of_each() -> Story {
    let mut story = Story::new("hidden");
    let (tag, person) = (story.tag("secret"), story.person("Secret"));
    let unique = story.unique().to_owned();
    let franchise = story.franchise("f");
    franchise.title = format!("Franchise {unique}");
    franchise.tags = vec![tag.clone()];
    let mut entry = series("s");
    entry.title = format!("Series {unique}");
    entry.tags = vec![tag.clone()];
    entry.credits = vec![credit(&person, "CREATOR")];
    let mut pilot = episode("s", 1, 1);
    pilot.title = format!("Episode {unique}");
    pilot.tags = vec![tag];
    pilot.credits = vec![credit(&person, "DIRECTOR")];
    entry.episodes = vec![pilot];
    franchise.series = vec![entry];
    let newest = |content_type| RailSourceEntry::Newest { content_type };
    let sources = [
        RailSourceEntry::HandPicked { content: vec!["f".to_owned(), "f/s".to_owned()] },
        RailSourceEntry::ByTag { tag: story.catalogue.tags[0].slug.clone() },
        newest(RailContentType::Franchise),
        newest(RailContentType::Series),
        newest(RailContentType::Episode),
    ];
    let rail = |source| RailEntry { title: "A rail".to_owned(), limit: 10, source };
    story.tenant().home = sources.map(rail).to_vec();
    story
}

/// The kinds of everything that any door of the API shows of the story.
async fn seen(client: &Client, story: &Story, ids: &[String]) -> Vec<String> {
    let tenant = story.slug();
    let tag = &story.catalogue.tags[0].slug;
    let person = &story.catalogue.people[0].slug;
    let list = ids.iter().map(|id| format!("\"{id}\"")).collect::<Vec<_>>().join(", ");
    let mut doors = vec![
        format!(r#"{{ franchise(slug: "f", tenant: "{tenant}") {{ id __typename }} }}"#),
        format!(r#"{{ series(slug: "s", tenant: "{tenant}") {{ id __typename }} }}"#),
        format!(r#"{{ episode(slug: "s-s1e1", tenant: "{tenant}") {{ id __typename }} }}"#),
        format!(r#"{{ tag(slug: "{tag}") {{ id __typename }} }}"#),
        format!(r#"{{ person(slug: "{person}") {{ id __typename }} }}"#),
        format!("{{ nodes(ids: [{list}]) {{ id __typename }} }}"),
        format!(
            r#"{{ home(tenantSlug: "{tenant}") {{ tenant {{ id __typename }} rails {{ items {{ id __typename }} }} }} }}"#
        ),
    ];
    doors.extend(ids.iter().map(|id| format!(r#"{{ node(id: "{id}") {{ id __typename }} }}"#)));
    // Every list, from either of its ends.
    for page in ["first: 100", "last: 100"] {
        let nodes = "{ nodes { id __typename } }";
        doors.extend([
            format!(r#"{{ tenant(slug: "{tenant}") {{ franchises({page}) {nodes} series({page}) {nodes} episodes({page}) {nodes} }} }}"#),
            format!(r#"{{ franchise(slug: "f", tenant: "{tenant}") {{ series({page}) {nodes} tags({page}) {nodes} }} }}"#),
            format!(r#"{{ series(slug: "s", tenant: "{tenant}") {{ episodes({page}) {nodes} tags({page}) {nodes}
                credits({page}) {{ nodes {{ person {{ id __typename }} }} }} }} }}"#),
            format!(r#"{{ tag(slug: "{tag}") {{ items({page}) {nodes} }} }}"#),
            format!(r#"{{ person(slug: "{person}") {{ credits({page}) {{ nodes {{ content {{ id __typename }} }} }} }} }}"#),
            format!(r#"{{ search(query: "{}", {page}) {{ nodes {{ __typename ... on Franchise {{ id }} ... on Series {{ id }}
                ... on Episode {{ id }} ... on Person {{ id }} ... on Tag {{ id }} }} }} }}"#, story.unique()),
            format!("{{ franchises({page}) {nodes} }}"),
            format!("{{ allSeries({page}) {nodes} }}"),
            format!("{{ episodes({page}) {nodes} }}"),
        ]);
    }
    let mut kinds = Vec::new();
    for door in doors {
        let answer = client.query(&door).await;
        assert!(matches!(answer.status, 200 | 404), "{door}: {:#}", answer.body);
        collect(&answer.body["data"], ids, &mut kinds);
    }
    // The vocabulary is long: it is read to its end.
    let mut cursor = String::new();
    loop {
        let answer = client
            .query(&format!(
                "{{ tags(first: 100{cursor}) {{ nodes {{ id __typename }} pageInfo {{ endCursor hasNextPage }} }} }}"
            ))
            .await;
        let tags = &answer.body["data"]["tags"];
        collect(tags, ids, &mut kinds);
        if tags["pageInfo"]["hasNextPage"] != true {
            break;
        }
        cursor = format!(r#", after: "{}""#, tags["pageInfo"]["endCursor"].as_str().unwrap());
    }
    kinds.sort();
    kinds.dedup();
    kinds
}

/// The kinds of those objects that are of the story.
fn collect(value: &Value, ids: &[String], kinds: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            if let (Some(Value::String(id)), Some(Value::String(kind))) = (fields.get("id"), fields.get("__typename"))
                && ids.contains(id)
            {
                kinds.push(kind.clone());
            }
            fields.values().for_each(|value| collect(value, ids, kinds));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, ids, kinds)),
        _ => {}
    }
}

/// The ids that loading gives: they are made of names.
fn ids(story: &Story) -> Vec<String> {
    let tenant = &story.catalogue.tenants[0];
    let (slug, at) = (&tenant.slug, tenant.created_at);
    let of_the_vocabulary = DateTime::UNIX_EPOCH;
    vec![
        TenantId::named(at, slug).to_string(),
        FranchiseId::named(at, &format!("{slug}/f")).to_string(),
        SeriesId::named(at, &format!("{slug}/f/s")).to_string(),
        EpisodeId::named(at, &format!("{slug}/f/s/s01e01.webp")).to_string(),
        TagId::named(of_the_vocabulary, &story.catalogue.tags[0].slug).to_string(),
        PersonId::named(of_the_vocabulary, &story.catalogue.people[0].slug).to_string(),
    ]
}

#[tokio::test]
async fn everything_visible_is_seen_through_these_doors() {
    let app = TestApp::get().await;
    let story = one_of_each();
    app.tell(&story).await;
    assert_eq!(
        seen(&app.viewer(), &story, &ids(&story)).await,
        ["Episode", "Franchise", "Person", "Series", "Tag", "Tenant"]
    );
}

#[tokio::test]
async fn a_hidden_tenant_hides_all_of_its_catalogue() {
    let app = TestApp::get().await;
    let mut story = one_of_each();
    story.tenant().active = false;
    app.tell(&story).await;
    for client in [app.viewer(), app.viewer().in_tenant(story.slug()), app.operator()] {
        assert_eq!(seen(&client, &story, &ids(&story)).await, [""; 0]);
    }
    let answer = app.viewer().query("{ tenants(last: 100) { nodes { slug } } }").await;
    assert!(!answer.body.to_string().contains(story.unique()));
}

#[tokio::test]
async fn a_hidden_franchise_hides_all_below_it() {
    let app = TestApp::get().await;
    for how in WAYS {
        let mut story = one_of_each();
        hide!(story.tenant().franchises[0], how);
        app.tell(&story).await;
        for client in [app.viewer(), app.viewer().in_tenant(story.slug()), app.operator()] {
            assert_eq!(seen(&client, &story, &ids(&story)).await, ["Tenant"], "{how:?}");
        }
    }
}

#[tokio::test]
async fn a_hidden_series_hides_its_episodes_and_its_people() {
    let app = TestApp::get().await;
    for how in WAYS {
        let mut story = one_of_each();
        hide!(story.tenant().franchises[0].series[0], how);
        app.tell(&story).await;
        assert_eq!(seen(&app.viewer(), &story, &ids(&story)).await, ["Franchise", "Tag", "Tenant"], "{how:?}");
    }
}

#[tokio::test]
async fn a_hidden_episode_is_hidden_alone() {
    let app = TestApp::get().await;
    for how in WAYS {
        let mut story = one_of_each();
        hide!(story.tenant().franchises[0].series[0].episodes[0], how);
        app.tell(&story).await;
        assert_eq!(
            seen(&app.viewer(), &story, &ids(&story)).await,
            ["Franchise", "Person", "Series", "Tag", "Tenant"],
            "{how:?}"
        );
    }
}

#[tokio::test]
async fn the_draft_of_the_sample_is_nowhere() {
    let app = TestApp::get().await;
    let tenant = "female-friendly-productions";
    let query = format!(
        r#"{{ series(slug: "female-friendly-out-of-office", tenant: "{tenant}") {{ id }}
             episode(slug: "lock-stock", tenant: "{tenant}") {{ id }}
             inactive: episode(slug: "the-channel-we-dont-use", tenant: "lanternfish-collective") {{ id }} }}"#
    );
    let answer = app.viewer().query(&query).await;
    assert!(answer.data().as_object().unwrap().values().all(Value::is_null), "{:#}", answer.body);
}
