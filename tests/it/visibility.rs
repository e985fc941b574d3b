//! What is inactive, a draft or scheduled, or lies below such a thing, does not exist for viewers.

use chrono::{Duration, Utc};
use seeka::id::{EpisodeId, FranchiseId, SeriesId};
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
    story
}

/// The names of everything that any door of the API shows of the story.
async fn seen(client: &Client, story: &Story, ids: &[String]) -> Vec<String> {
    let tenant = story.slug();
    let tag = &story.catalogue.tags[0].slug;
    let person = &story.catalogue.people[0].slug;
    let mut doors = vec![
        format!(r#"{{ franchise(slug: "f", tenant: "{tenant}") {{ __typename }} }}"#),
        format!(r#"{{ series(slug: "s", tenant: "{tenant}") {{ __typename }} }}"#),
        format!(r#"{{ episode(slug: "s-s1e1", tenant: "{tenant}") {{ __typename }} }}"#),
        format!(
            r#"{{ tenant(slug: "{tenant}") {{ franchises {{ nodes {{ __typename series {{ nodes {{ __typename episodes {{ nodes {{ __typename }} }} }} }} }} }} }} }}"#
        ),
        format!(
            r#"{{ tenant(slug: "{tenant}") {{ series {{ nodes {{ __typename }} }} episodes(last: 5) {{ nodes {{ __typename }} }} }} }}"#
        ),
        format!(r#"{{ tag(slug: "{tag}") {{ __typename items {{ nodes {{ __typename }} }} }} }}"#),
        format!(
            r#"{{ person(slug: "{person}") {{ __typename credits {{ nodes {{ content {{ __typename }} }} }} }} }}"#
        ),
        format!(r#"{{ search(query: "{}") {{ nodes {{ __typename }} }} }}"#, story.unique()),
    ];
    doors.extend(ids.iter().map(|id| format!(r#"{{ node(id: "{id}") {{ __typename }} }}"#)));
    let mut names = Vec::new();
    for door in doors {
        let answer = client.query(&door).await;
        collect(answer.data(), &mut names);
    }
    names.retain(|name| name != "Tenant");
    names.sort();
    names.dedup();
    names
}

fn collect(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| match value {
            Value::String(kind) if name == "__typename" => names.push(kind.clone()),
            other => collect(other, names),
        }),
        Value::Array(items) => items.iter().for_each(|item| collect(item, names)),
        _ => {}
    }
}

/// The ids that loading gives: they are made of names.
fn ids(story: &Story) -> Vec<String> {
    let tenant = &story.catalogue.tenants[0];
    let franchise = &tenant.franchises[0];
    let entry = &franchise.series[0];
    let pilot = &entry.episodes[0];
    let folder = format!("{}/f", tenant.slug);
    let at = |published: Option<chrono::DateTime<Utc>>| published.unwrap_or(tenant.created_at);
    vec![
        FranchiseId::named(at(franchise.published_at), &folder).to_string(),
        SeriesId::named(at(entry.published_at), &format!("{folder}/s")).to_string(),
        EpisodeId::named(at(pilot.published_at), &format!("{folder}/s/s01e01.webp")).to_string(),
    ]
}

#[tokio::test]
async fn everything_visible_is_seen_through_these_doors() {
    let app = TestApp::get().await;
    let story = one_of_each();
    app.tell(&story).await;
    assert_eq!(seen(&app.viewer(), &story, &ids(&story)).await, ["Episode", "Franchise", "Person", "Series", "Tag"]);
}

#[tokio::test]
async fn a_hidden_franchise_hides_all_below_it() {
    let app = TestApp::get().await;
    for how in WAYS {
        let mut story = one_of_each();
        hide!(story.tenant().franchises[0], how);
        app.tell(&story).await;
        for client in [app.viewer(), app.viewer().in_tenant(story.slug()), app.operator()] {
            assert_eq!(seen(&client, &story, &ids(&story)).await, [""; 0], "{how:?}");
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
        assert_eq!(seen(&app.viewer(), &story, &ids(&story)).await, ["Franchise", "Tag"], "{how:?}");
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
            ["Franchise", "Person", "Series", "Tag"],
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
