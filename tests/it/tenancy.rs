//! Two tenants with twin data never see one another.

use chrono::DateTime;
use seeka::id::{PersonId, TagId};
use serde_json::Value;

use crate::support::{Client, Story, TestApp, credit, episode, series};

/// Twins differ in their tenant alone: they share slugs, titles, tags and people. Beside these, each has
/// a tag and a person of its own, the last of the story.
fn twins() -> (Story, Story) {
    let mut one = Story::new("twin");
    let (tag, person) = (one.tag("shared"), one.person("Shared"));
    let word = one.unique().to_owned();
    let fill = |story: &mut Story| {
        let (own_tag, own_person) = (story.tag(&format!("own {word}")), story.person(&format!("Own {word}")));
        let franchise = story.franchise("f");
        franchise.title = format!("Twin {word}");
        franchise.tags = vec![tag.clone(), own_tag];
        let mut entry = series("s");
        entry.credits = vec![credit(&person, "CREATOR"), credit(&own_person, "EDITOR")];
        entry.tags = vec![tag.clone()];
        entry.episodes = (1..=3).map(|number| episode("s", 1, number)).collect();
        franchise.series = vec![entry];
    };
    let mut other = Story::new("twin");
    other.catalogue.tags.clone_from(&one.catalogue.tags);
    other.catalogue.people.clone_from(&one.catalogue.people);
    fill(&mut one);
    fill(&mut other);
    (one, other)
}

/// Every way to ask for many things, with the tenant of each thing.
fn queries(story: &Story) -> Vec<String> {
    let (tag, person) = (&story.catalogue.tags[0].slug, &story.catalogue.people[0].slug);
    let content = "__typename ... on Franchise { id tenant { slug } } ... on Series { id tenant { slug } } ... on Episode { id tenant { slug } }";
    let mut queries = vec![
        format!(r#"{{ search(query: "{}") {{ nodes {{ {content} }} }} }}"#, story.unique()),
        format!(r#"{{ tag(slug: "{tag}") {{ items {{ nodes {{ {content} }} }} }} }}"#),
        format!(r#"{{ person(slug: "{person}") {{ credits {{ nodes {{ content {{ {content} }} }} }} }} }}"#),
        "{ tenants { nodes { slug } } }".to_owned(),
        format!("{{ home {{ tenant {{ slug }} rails {{ items {{ {content} }} }} }} }}"),
        r#"{ franchise(slug: "f") { id tenant { slug } series { nodes { id tenant { slug } } } } }"#.to_owned(),
        r#"{ series(slug: "s") { id tenant { slug } episodes { nodes { id tenant { slug } } } } }"#.to_owned(),
        r#"{ episode(slug: "s-s1e1") { id tenant { slug } } }"#.to_owned(),
    ];
    for list in ["franchises", "allSeries", "episodes"] {
        for page in ["first: 100", "last: 100"] {
            queries.push(format!("{{ {list}({page}) {{ nodes {{ id tenant {{ slug }} }} }} }}"));
        }
    }
    queries
}

fn slugs_and_ids(value: &Value, slugs: &mut Vec<String>, ids: &mut Vec<String>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| match (name.as_str(), value) {
            ("slug", Value::String(slug)) => slugs.push(slug.clone()),
            ("id", Value::String(id)) => ids.push(id.clone()),
            (_, other) => slugs_and_ids(other, slugs, ids),
        }),
        Value::Array(items) => items.iter().for_each(|item| slugs_and_ids(item, slugs, ids)),
        _ => {}
    }
}

async fn reachable(client: &Client, story: &Story) -> (Vec<String>, Vec<String>) {
    let (mut slugs, mut ids) = (Vec::new(), Vec::new());
    for query in queries(story) {
        let answer = client.query(&query).await;
        let before = slugs.len();
        slugs_and_ids(answer.data(), &mut slugs, &mut ids);
        assert!(slugs.len() > before, "nothing came of {query}");
    }
    slugs.sort();
    slugs.dedup();
    (slugs, ids)
}

#[tokio::test]
async fn a_request_confined_to_a_tenant_sees_nothing_of_its_twin() {
    let app = TestApp::get().await;
    let (one, other) = twins();
    app.tell(&one).await;
    app.tell(&other).await;
    let in_one = app.viewer().in_tenant(one.slug());
    let (slugs, ids) = reachable(&in_one, &one).await;
    assert_eq!(slugs, [one.slug()]);

    // What one reaches by any id, the other cannot: not even by the id itself.
    let in_other = app.viewer().in_tenant(other.slug());
    for id in ids {
        let query = format!(r#"{{ node(id: "{id}") {{ id }} nodes(ids: ["{id}"]) {{ id }} }}"#);
        assert_eq!(in_one.query(&query).await.data()["node"]["id"], id);
        let answer = in_other.query(&query).await;
        assert_eq!(answer.data(), &serde_json::json!({"node": null, "nodes": [null]}));
    }
    let named = format!(
        r#"{{ franchise(slug: "f", tenant: "{}") {{ id }} tenant(slug: "{}") {{ id }} }}"#,
        one.slug(),
        one.slug()
    );
    assert_eq!(in_other.query(&named).await.data(), &serde_json::json!({"franchise": null, "tenant": null}));
}

#[tokio::test]
async fn a_tenant_that_does_not_exist_is_not_found() {
    let app = TestApp::get().await;
    let answer = app.viewer().in_tenant("nobody-of-this-name").query("{ franchises { nodes { id } } }").await;
    assert_eq!((answer.status, answer.codes()), (404, vec!["NOT_FOUND"]));
}

#[tokio::test]
async fn a_slug_without_a_tenant_is_refused_with_advice() {
    let app = TestApp::get().await;
    let answer = app.viewer().query(r#"{ franchise(slug: "female-friendly") { id } }"#).await;
    assert_eq!(answer.codes(), ["BAD_USER_INPUT"]);
    assert!(answer.body["errors"][0]["message"].as_str().unwrap().contains("tenant"));
}

/// The names of the tags and people that a client can reach, by any door.
async fn vocabulary(client: &Client, story: &Story, others: &Story) -> Vec<String> {
    let mut names = Vec::new();
    for told in [story, others] {
        let (tag, person) = (told.catalogue.tags.last().unwrap(), told.catalogue.people.last().unwrap());
        let (tag_id, person_id) =
            (TagId::named(DateTime::UNIX_EPOCH, &tag.slug), PersonId::named(DateTime::UNIX_EPOCH, &person.slug));
        for door in [
            format!(r#"{{ tag(slug: "{}") {{ name }} person(slug: "{}") {{ name }} }}"#, tag.slug, person.slug),
            format!(r#"{{ tag(id: "{tag_id}") {{ name }} person(id: "{person_id}") {{ name }} }}"#),
            format!(
                r#"{{ nodes(ids: ["{tag_id}", "{person_id}"]) {{ ... on Tag {{ name }} ... on Person {{ name }} }} }}"#
            ),
            format!(
                r#"{{ search(query: "{}", types: [TAG, PERSON]) {{ nodes {{ ... on Tag {{ name }} ... on Person {{ name }} }} }} }}"#,
                tag.name
            ),
            "{ tags(first: 100) { nodes { name } } }".to_owned(),
            "{ tags(last: 100) { nodes { name } } }".to_owned(),
        ] {
            let answer = client.query(&door).await;
            let text = answer.data().to_string();
            for name in [&tag.name, &person.name] {
                if text.contains(name.as_str()) {
                    names.push(name.clone());
                }
            }
        }
    }
    names.sort();
    names.dedup();
    names
}

#[tokio::test]
async fn tags_and_people_of_one_twin_do_not_exist_for_the_other() {
    let app = TestApp::get().await;
    let (one, other) = twins();
    app.tell(&one).await;
    app.tell(&other).await;
    for (own, others) in [(&one, &other), (&other, &one)] {
        let names = vocabulary(&app.viewer().in_tenant(own.slug()), own, others).await;
        let (tag, person) = (own.catalogue.tags.last().unwrap(), own.catalogue.people.last().unwrap());
        let mut expected = [tag.name.clone(), person.name.clone()];
        expected.sort();
        assert_eq!(names, expected);
    }
}

#[tokio::test]
async fn what_carries_a_shared_tag_is_confined_from_either_end() {
    let app = TestApp::get().await;
    let (one, other) = twins();
    app.tell(&one).await;
    app.tell(&other).await;
    let (tag, person) = (&one.catalogue.tags[0].slug, &one.catalogue.people[0].slug);
    for page in ["first: 100", "last: 100"] {
        let query = format!(
            r#"{{ tag(slug: "{tag}") {{ items({page}) {{ nodes {{ ... on Franchise {{ tenant {{ slug }} }} ... on Series {{ tenant {{ slug }} }} }} }} }}
                 person(slug: "{person}") {{ credits({page}) {{ nodes {{ content {{ ... on Series {{ tenant {{ slug }} }} }} }} }} }} }}"#
        );
        let answer = app.viewer().in_tenant(other.slug()).query(&query).await;
        let text = answer.data().to_string();
        assert!(text.contains(other.slug()) && !text.contains(one.slug()), "{text}");
        assert_eq!(text.matches(other.slug()).count(), 3, "{text}");
    }
}
