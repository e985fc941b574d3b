//! Every list, read forwards and backwards while rows come in, neither repeats nor skips an item
//! that was there throughout.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

use crate::support::{Client, Story, TestApp, credit, episode, series};

/// A tenant in which every list has several pages.
fn long() -> Story {
    let mut story = Story::new("paged");
    let tags: Vec<_> = (0..9).map(|n| story.tag(&format!("word{n}"))).collect();
    let people: Vec<_> = (0..9).map(|n| story.person(&format!("Person {n}"))).collect();
    let word = story.unique().to_owned();
    for f in 0..9 {
        let franchise = story.franchise(&format!("f{f}"));
        franchise.title = format!("Franchise {word}");
        franchise.tags.clone_from(&tags);
        let serieses = if f == 0 { 9 } else { 1 };
        for s in 0..serieses {
            let slug = format!("f{f}s{s}");
            let mut entry = series(&slug);
            entry.tags.clone_from(&tags);
            entry.credits = people.iter().map(|person| credit(person, "ACTOR")).collect();
            for number in 1..=9 {
                // Equal moments: the order must hold where only the id decides.
                entry.episodes.push(episode(&slug, 1 + number / 5, number));
            }
            franchise.series.push(entry);
        }
    }
    story
}

/// A list of the API: how it is reached, what an item is called and where the list stands.
struct List {
    name: &'static str,
    /// With `ARGUMENTS` where first, after, last and before go.
    query: String,
    path: Vec<&'static str>,
}

/// Every connection of the schema.
fn lists(story: &Story) -> Vec<List> {
    let tenant = story.slug();
    let (tag, person) = (&story.catalogue.tags[0].slug, &story.catalogue.people[0].slug);
    let page = "{ edges { cursor node { KEY } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }";
    let list = |name, path: &[&'static str], query: String, key: &str| List {
        name,
        query: query.replace("PAGE", &page.replace("KEY", key)),
        path: path.to_vec(),
    };
    let content = "... on Franchise { id } ... on Series { id } ... on Episode { id }";
    let in_tenant = |field: &str| format!(r#"{{ tenant(slug: "{tenant}") {{ {field}(ARGUMENTS) PAGE }} }}"#);
    vec![
        list("tenants", &["tenants"], "{ tenants(ARGUMENTS) PAGE }".to_owned(), "id"),
        list("franchises", &["franchises"], "{ franchises(ARGUMENTS) PAGE }".to_owned(), "id"),
        list("all series", &["allSeries"], "{ allSeries(ARGUMENTS) PAGE }".to_owned(), "id"),
        list("episodes", &["episodes"], "{ episodes(ARGUMENTS) PAGE }".to_owned(), "id"),
        list("tags", &["tags"], "{ tags(ARGUMENTS) PAGE }".to_owned(), "id"),
        list("franchises of a tenant", &["tenant", "franchises"], in_tenant("franchises"), "id"),
        list("series of a tenant", &["tenant", "series"], in_tenant("series"), "id"),
        list("episodes of a tenant", &["tenant", "episodes"], in_tenant("episodes"), "id"),
        list(
            "series of a franchise",
            &["franchise", "series"],
            format!(r#"{{ franchise(slug: "f0", tenant: "{tenant}") {{ series(ARGUMENTS) PAGE }} }}"#),
            "id",
        ),
        list(
            "episodes of a series",
            &["series", "episodes"],
            format!(r#"{{ series(slug: "f0s0", tenant: "{tenant}") {{ episodes(ARGUMENTS) PAGE }} }}"#),
            "id",
        ),
        list(
            "tags of a franchise",
            &["franchise", "tags"],
            format!(r#"{{ franchise(slug: "f0", tenant: "{tenant}") {{ tags(ARGUMENTS) PAGE }} }}"#),
            "id",
        ),
        list(
            "credits of a series",
            &["series", "credits"],
            format!(r#"{{ series(slug: "f0s0", tenant: "{tenant}") {{ credits(ARGUMENTS) PAGE }} }}"#),
            "person { id }",
        ),
        list(
            "items of a tag",
            &["tag", "items"],
            format!(r#"{{ tag(slug: "{tag}") {{ items(ARGUMENTS) PAGE }} }}"#),
            "id",
        ),
        list(
            "credits of a person",
            &["person", "credits"],
            format!(r#"{{ person(slug: "{person}") {{ credits(ARGUMENTS) PAGE }} }}"#),
            "content { id }",
        ),
        list(
            "search",
            &["search"],
            format!(r#"{{ search(query: "{}", types: [FRANCHISE], ARGUMENTS) PAGE }}"#, story.unique()),
            content,
        ),
    ]
}

/// The ids of the whole list, in the order in which they were read.
async fn read(client: &Client, list: &List, size: usize, backward: bool) -> Vec<String> {
    let mut ids = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let (count, from, more, next) = if backward {
            ("last", "before", "hasPreviousPage", "startCursor")
        } else {
            ("first", "after", "hasNextPage", "endCursor")
        };
        let from = cursor.as_ref().map(|cursor| format!(r#", {from}: "{cursor}""#)).unwrap_or_default();
        let answer = client.query(&list.query.replace("ARGUMENTS", &format!("{count}: {size}{from}"))).await;
        let page = list.path.iter().fold(answer.data(), |value, field| &value[field]);
        let edges = page["edges"].as_array().unwrap_or_else(|| panic!("{}: {:#}", list.name, answer.body));
        assert!(edges.len() <= size, "{}", list.name);
        let id = |edge: &Value| {
            let node = &edge["node"];
            let id = [&node["id"], &node["person"]["id"], &node["content"]["id"]].into_iter().find_map(Value::as_str);
            id.unwrap_or_else(|| panic!("no id in {edge}")).to_owned()
        };
        let page_ids = edges.iter().map(id);
        if backward {
            ids.extend(page_ids.rev());
        } else {
            ids.extend(page_ids);
        }
        if page["pageInfo"][more] == false {
            return ids;
        }
        assert!(!edges.is_empty(), "{}: an empty page says that more follows", list.name);
        cursor = page["pageInfo"][next].as_str().map(str::to_owned);
        assert!(ids.len() < 100_000, "{}: no end", list.name);
    }
}

/// Adds rows to every list, at both of their ends and in between, until told to stop.
async fn write(app: &TestApp, story: &Story, stop: &AtomicBool) -> usize {
    let mut grown = Story::new("growing");
    grown.catalogue = story.catalogue.clone();
    let mut rounds = 0;
    while !stop.load(Ordering::Relaxed) {
        rounds += 1;
        let tag = grown.tag(&format!("word5-{rounds}"));
        let person = grown.person(&format!("Person 5-{rounds}"));
        for franchise in &mut grown.tenant().franchises {
            franchise.tags.push(tag.clone());
        }
        let first = &mut grown.tenant().franchises[0];
        let mut entry = series(&format!("new{rounds}"));
        entry.tags = vec![story.catalogue.tags[0].slug.clone()];
        entry.credits = vec![credit(&story.catalogue.people[0].slug, "EDITOR"), credit(&person, "WRITER")];
        entry.episodes = vec![episode(&entry.slug, 1, 1)];
        first.series[0].credits.push(credit(&person, "EDITOR"));
        first.series[0].episodes.push(episode("between", 1, rounds + 100));
        first.series[0].episodes.last_mut().unwrap().slug = format!("between{rounds}");
        first.series.push(entry);
        let mut late = first.clone();
        late.slug = format!("late{rounds}");
        late.published_at = Some(crate::support::days_ago(i64::from(300 - rounds.min(299))));
        late.series = Vec::new();
        grown.tenant().franchises.push(late);
        let mut newcomer = Story::new("newcomer");
        newcomer.catalogue.tenants[0].name = format!("paged {rounds}");
        app.tell(&newcomer).await;
        app.tell(&grown).await;
    }
    usize::try_from(rounds).unwrap()
}

#[tokio::test]
async fn no_list_repeats_or_skips_while_rows_come_in() {
    let app = TestApp::get().await;
    let story = long();
    app.tell(&story).await;
    for _ in 0..9 {
        app.tell(&Story::new("paged")).await;
    }
    let client = app.viewer();
    let lists = lists(&story);
    let mut before = HashMap::new();
    for list in &lists {
        let ids = read(&client, list, 100, false).await;
        assert!(ids.len() >= 9, "{}: {} items", list.name, ids.len());
        before.insert(list.name, ids);
    }
    let stop = AtomicBool::new(false);
    let reading = async {
        for list in &lists {
            let there = &before[list.name];
            // The whole platform's lists are long by now; others page one by one over their ends.
            for (size, backward) in [(4, false), (4, true), (25, false), (25, true)] {
                if size == 4 && there.len() > 200 {
                    continue;
                }
                let ids = read(&client, list, size, backward).await;
                let mut seen: HashMap<&str, usize> = HashMap::new();
                for id in &ids {
                    *seen.entry(id).or_default() += 1;
                }
                for id in there {
                    let times = seen.get(id.as_str()).copied().unwrap_or_default();
                    let expected = there.iter().filter(|other| *other == id).count();
                    assert_eq!(times, expected, "{}: {id}, {size} at a time, backward: {backward}", list.name);
                }
                let mut order: Vec<_> = ids.iter().filter(|id| there.contains(id)).collect();
                if backward {
                    order.reverse();
                }
                assert!(order == there.iter().collect::<Vec<_>>(), "{}: the order changed", list.name);
            }
        }
        stop.store(true, Ordering::Relaxed);
    };
    let (rounds, ()) = tokio::join!(write(app, &story, &stop), reading);
    assert!(rounds >= 3, "rows came in while the lists were read: {rounds} rounds");
}

#[tokio::test]
async fn a_page_between_two_cursors_has_both_of_its_ends() {
    let app = TestApp::get().await;
    let story = long();
    app.tell(&story).await;
    for list in lists(&story).iter().filter(|list| list.path.len() == 2) {
        let ask = async |arguments: &str| {
            let answer = app.viewer().query(&list.query.replace("ARGUMENTS", arguments)).await;
            list.path.iter().fold(answer.data(), |value, field| &value[field]).clone()
        };
        let all = ask("first: 9").await;
        let cursor = |n: usize| all["edges"][n]["cursor"].as_str().unwrap().to_owned();
        let between = format!(r#"after: "{}", before: "{}""#, cursor(1), cursor(6));
        for (count, expected) in [("first: 2", 2..4), ("last: 2", 4..6), ("first: 50", 2..6)] {
            let page = ask(&format!("{count}, {between}")).await;
            let cursors: Vec<_> = page["edges"]
                .as_array()
                .unwrap()
                .iter()
                .map(|edge| edge["cursor"].as_str().unwrap().to_owned())
                .collect();
            assert_eq!(cursors, expected.map(cursor).collect::<Vec<_>>(), "{}: {count}", list.name);
        }
    }
}
