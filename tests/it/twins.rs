//! Two tenants with twin data, and queries that are drawn from the schema: whoever asks in one of them never learns
//! of what the other has not published, not even whether it exists.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Duration, Utc};
use futures::StreamExt;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use seeka::graph::Statement;
use seeka::id::TenantId;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::fuzz::aims;
use crate::fuzz::generate::{Generator, Operation, Sample};
use crate::fuzz::schema::{INTROSPECTION, Schema};
use crate::support::{Client, Member, Story, TestApp, credit, episode, series};

const SEED: u64 = 20_261_124;
/// How many operations are drawn for each field of the root and each of its arguments.
const TRIES: usize = 2;
/// How many levels below the root all fields are asked for: from a person to what they are credited for.
const DEPTH: u32 = 4;
/// Documents that ask for everything are long.
const ROOM: [&str; 4] =
    ["--max-aliases=10000", "--max-selections=100000", "--max-tokens=20000", "--max-document-bytes=1000000"];
/// How many requests are on their way at once.
const AT_ONCE: usize = 6;

/// A tenant with things that everybody sees, and of each kind one that is hidden in each way.
fn twin() -> Story {
    let mut story = Story::new("twin");
    let (tag, person, secret) = (story.tag("known"), story.person("Known"), marker(&story));
    let (hidden_tag, hidden_person) = (story.tag(&secret), story.person(&secret));
    let episodes = |slug: &str| {
        let mut episodes: Vec<_> = (1..=4).map(|number| episode(slug, 1, number)).collect();
        episodes[1].published_at = None;
        episodes[2].active = false;
        episodes[3].published_at = Some(Utc::now() + Duration::days(2));
        for episode in &mut episodes[1..] {
            (episode.title, episode.synopsis) = (format!("Episode {secret}"), format!("What happens {secret}"));
            episode.slug = format!("{secret}-{slug}-{}", episode.number);
            episode.tags = vec![tag.clone(), hidden_tag.clone()];
            episode.credits = vec![credit(&person, "WRITER"), credit(&hidden_person, "EDITOR")];
        }
        episodes
    };
    for (n, way) in ["shown", "draft", "inactive", "later"].into_iter().enumerate() {
        let slug = if n == 0 { "f".to_owned() } else { format!("{secret}-f{n}") };
        let hide = |published: &mut Option<_>, active: &mut bool| match way {
            "draft" => *published = None,
            "inactive" => *active = false,
            "later" => *published = Some(Utc::now() + Duration::days(2)),
            _ => {}
        };
        let mut entries = Vec::new();
        for (m, way) in ["shown", "draft"].into_iter().enumerate() {
            let name = if n + m == 0 { "s".to_owned() } else { format!("{secret}-s{n}{m}") };
            let mut entry = series(&name);
            entry.episodes = episodes(&name);
            if n + m == 0 {
                (entry.tags, entry.credits) = (vec![tag.clone()], vec![credit(&person, "CREATOR")]);
            } else {
                entry.title = format!("Series {secret}");
                entry.tags = vec![tag.clone(), hidden_tag.clone()];
                entry.credits = vec![credit(&person, "CREATOR"), credit(&hidden_person, "CREATOR")];
                entry.episodes.iter_mut().for_each(|episode| episode.title = format!("Episode {secret}"));
                entry
                    .episodes
                    .iter_mut()
                    .for_each(|episode| episode.slug = format!("{secret}-{name}-{}", episode.number));
            }
            if way == "draft" {
                entry.published_at = None;
            }
            entries.push(entry);
        }
        let franchise = story.franchise(&slug);
        franchise.series = entries;
        hide(&mut franchise.published_at, &mut franchise.active);
        if n > 0 {
            franchise.title = format!("Franchise {secret}");
            franchise.tags = vec![tag.clone(), hidden_tag.clone()];
        }
    }
    story
}

/// A word that stands in everything that a tenant has not published, and nowhere else.
fn marker(story: &Story) -> String {
    format!("unpublished{}", story.unique())
}

/// Everything of a tenant that is not published, as the graph has it.
async fn hidden(app: &TestApp, story: &Story) -> Vec<Sample> {
    const FIND: &str = "
        MATCH (c:Content) WHERE c.slug STARTS WITH $marker
        RETURN [label IN labels(c) WHERE label <> 'Content'][0] AS kind, c.id AS id, c.slug AS slug
        UNION MATCH (g:Tag) WHERE g.slug STARTS WITH $marker RETURN 'Tag' AS kind, g.id AS id, g.slug AS slug
        UNION MATCH (p:Person) WHERE p.slug STARTS WITH $marker RETURN 'Person' AS kind, p.id AS id, p.slug AS slug
        UNION MATCH (t:Tenant {slug: $tenant}) MATCH (a:Asset {tenantId: t.id}) RETURN 'Asset' AS kind, a.id AS id, a.id AS slug
        UNION MATCH (t:Tenant {slug: $tenant}) MATCH (r:Revision {tenantId: t.id})
        RETURN 'Revision' AS kind, r.id AS id, r.id AS slug
        UNION MATCH (t:Tenant {slug: $tenant})-[:HAS_SCHEDULE]->(c:Schedule)
        RETURN 'Schedule' AS kind, c.id AS id, c.id AS slug";
    #[derive(Deserialize)]
    struct Row {
        kind: String,
        id: String,
        slug: String,
    }
    let (marker, tenant, slug) = (marker(story), story.slug().to_owned(), story.slug().to_owned());
    let (found, receiver) = tokio::sync::oneshot::channel();
    app.in_graph(|graph| async move {
        let statement = Statement::new("tests/hidden", FIND).bind("marker", marker).bind("tenant", slug);
        let rows = graph.read::<Row>(statement).await.unwrap();
        let _ = found.send(rows);
    })
    .await;
    let owned = |row: &Row| !["Tag", "Person"].contains(&row.kind.as_str());
    let rows = receiver.await.unwrap();
    rows.into_iter()
        .map(|row| Sample { tenant: owned(&row).then(|| tenant.clone()), kind: row.kind, id: row.id, slug: row.slug })
        .collect()
}

/// What only editors see: a page that was edited since it was published, one that never was, what is scheduled, and a
/// file on its way.
async fn edit(app: &TestApp, story: &Story) {
    let owner = Member::register(&app.viewer(), "owner").await.owns(app, story.slug()).await;
    let (entry, secret) = (&story.catalogue.tenants[0], marker(story));
    let tenant = TenantId::named(entry.created_at, &entry.slug);
    let query = format!(r#"{{ franchise(slug: "f", tenant: "{}") {{ id }} }}"#, story.slug());
    let franchise = app.viewer().query(&query).await.data()["franchise"]["id"].clone();
    let write = async |name: &str, input: Value| {
        let answer = owner.client.mutate(name, "userErrors { field code message }", input).await;
        assert_eq!(answer.data()[name]["userErrors"], json!([]), "{name}");
    };
    let title = format!("Franchise {secret}");
    write("updateFranchise", json!({"id": franchise, "expectedVersion": 1, "title": title})).await;
    write("createFranchise", json!({"tenantId": tenant, "slug": format!("{secret}-desk"), "title": title})).await;
    let at = Utc::now() + Duration::days(2);
    write("schedulePublish", json!({"tenantId": tenant, "ids": [franchise], "at": at, "note": secret})).await;
    let file = json!({
        "tenantId": tenant, "kind": "IMAGE", "fileName": format!("{secret}.png"), "contentType": "image/png", "bytes": 1_000,
        "checksum": "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    });
    write("beginAssetUpload", file).await;
}

/// What everybody sees of a tenant, from which the rest might be reached.
async fn shown(client: &Client, story: &Story) -> Vec<Sample> {
    let (slug, tag, person) = (story.slug(), &story.catalogue.tags[0].slug, &story.catalogue.people[0].slug);
    let answer = client
        .query(&format!(
            r#"{{ Tenant: tenant(slug: "{slug}") {{ id slug }} Franchise: franchise(slug: "f", tenant: "{slug}") {{ id slug }}
                  Series: series(slug: "s", tenant: "{slug}") {{ id slug }} Episode: episode(slug: "s-s1e1", tenant: "{slug}") {{ id slug }}
                  Tag: tag(slug: "{tag}") {{ id slug }} Person: person(slug: "{person}") {{ id slug }} }}"#
        ))
        .await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let samples = answer.data().as_object().unwrap().iter().map(|(kind, found)| {
        let owned = ["Franchise", "Series", "Episode"].contains(&kind.as_str());
        let tenant = owned.then(|| slug.to_owned());
        Sample { kind: kind.clone(), id: text(&found["id"]), slug: text(&found["slug"]), tenant }
    });
    samples.collect()
}

/// Something of the same kind that never existed.
fn never(sample: &Sample) -> Sample {
    let turned = |text: &str| -> String {
        let (head, tail) = text.split_at(text.len() - 4);
        let tail = tail.chars().map(|c| {
            if c == '7' {
                '8'
            } else if c.is_ascii_digit() {
                '7'
            } else {
                c
            }
        });
        let tail: String = tail.collect();
        if tail == text[text.len() - 4..] { format!("{head}7777") } else { format!("{head}{tail}") }
    };
    Sample {
        kind: sample.kind.clone(),
        id: turned(&sample.id),
        slug: sample.slug.replacen("unpublished", "nevermadeit", 1),
        tenant: sample.tenant.clone(),
    }
}

/// Cursors of the lists of a tenant, those before its first item included.
async fn cursors(client: &Client, story: &Story) -> BTreeMap<(String, String), BTreeSet<String>> {
    let mut cursors: BTreeMap<_, BTreeSet<_>> = BTreeMap::new();
    let query = format!(
        r#"{{ franchises {{ edges {{ cursor }} }} allSeries {{ edges {{ cursor }} }} episodes {{ edges {{ cursor }} }}
              tenant(slug: "{}") {{ franchises {{ edges {{ cursor }} }} series {{ edges {{ cursor }} }} episodes {{ edges {{ cursor }} }} }} }}"#,
        story.slug()
    );
    let answer = client.query(&query).await;
    for (owner, lists) in [("Query", answer.data()), ("Tenant", &answer.data()["tenant"])] {
        for (list, connection) in lists.as_object().unwrap().iter().filter(|(list, _)| *list != "tenant") {
            let edges = connection["edges"].as_array().unwrap();
            let found = edges.iter().map(|edge| edge["cursor"].as_str().unwrap().to_owned());
            cursors.entry((owner.to_owned(), list.clone())).or_default().extend(found);
        }
    }
    assert!(cursors.values().all(|found| !found.is_empty()));
    cursors
}

/// Sends an operation; its answer without what differs from request to request.
async fn answer(client: &Client, operation: &Operation, replace: &[(String, String)]) -> (String, Value) {
    let (mut query, mut variables) = (operation.query.clone(), operation.variables.clone());
    for (from, to) in replace {
        (query, variables) = (query.replace(from, to), variables.replace(from, to));
    }
    let body = format!(r#"{{"query":{},"variables":{variables}}}"#, json!(query));
    let mut answer = client.post("application/json", body).await.body;
    answer.as_object_mut().unwrap().remove("extensions");
    if let Some(errors) = answer.get_mut("errors").and_then(Value::as_array_mut) {
        for error in errors.iter_mut() {
            error["extensions"].as_object_mut().unwrap().remove("correlationId");
        }
        // Fields are resolved at the same time, and fail in any order.
        errors.sort_by_key(|error| error["path"].to_string());
    }
    let mut text = answer.to_string();
    for (from, to) in replace {
        text = text.replace(to, from);
    }
    (query, serde_json::from_str(&text).unwrap())
}

#[tokio::test]
async fn whoever_asks_in_one_twin_learns_nothing_of_the_other() {
    let app = TestApp::get().await;
    let (own, other) = (twin(), twin());
    app.tell(&own).await;
    app.tell(&other).await;
    edit(app, &own).await;
    edit(app, &other).await;
    let secrets = hidden(app, &other).await;
    assert!(secrets.len() > 20, "{} are hidden", secrets.len());
    let owner = Member::register(&app.viewer(), "owner").await.owns(app, own.slug()).await;
    let schema = app.viewer().query(INTROSPECTION).await;
    let ids: Vec<_> = secrets.iter().map(|secret| secret.id.clone()).collect();
    let replace: Vec<_> = secrets
        .iter()
        .flat_map(|secret| {
            let never = never(secret);
            [(secret.id.clone(), never.id), (secret.slug.clone(), never.slug)]
        })
        .collect();
    let server = app.sibling(&ROOM).await;
    let anybody = server.viewer();
    let owner = anybody.clone().with_token(&owner.access_token);
    let known = cursors(&app.viewer().in_tenant(other.slug()), &other).await;
    let preview = |slug: &str| owner.in_tenant(slug).with_header("x-seeka-preview", "true");
    for (who, client, confined, tries) in [
        ("nobody", anybody.clone(), false, TRIES),
        ("nobody, in the other", anybody.in_tenant(other.slug()), true, TRIES),
        ("nobody, in this one", anybody.in_tenant(own.slug()), true, TRIES),
        ("the owner of this one", owner.clone(), false, TRIES),
        ("the owner, in the other", owner.in_tenant(other.slug()), true, TRIES),
        ("the owner, in this one", owner.in_tenant(own.slug()), true, TRIES),
        ("the owner, in a preview of the other", preview(other.slug()), true, 1),
        ("the owner, in a preview of this one", preview(own.slug()), true, 1),
    ] {
        let mut samples = hidden(app, &other).await;
        samples.extend(shown(&app.viewer(), &other).await);
        let mut generator = Generator {
            rng: ChaCha8Rng::seed_from_u64(SEED),
            schema: Schema::read(schema.data()),
            samples,
            cursors: known.clone(),
            named: BTreeMap::new(),
            thorough: Some(DEPTH),
            words: vec![marker(&other), other.unique().to_owned(), format!("Episode {}", marker(&other))],
        };
        let aims = aims(&generator.schema);
        let aims = aims.iter().filter(|aim| aim.owner == generator.schema.root && !aim.field.name.starts_with("__"));
        let aims: Vec<_> = aims.cloned().collect();
        let aims = aims.iter();
        let operations: Vec<_> =
            aims.flat_map(|aim| (0..tries).map(|_| generator.operation(aim)).collect::<Vec<_>>()).collect();
        let mut asked = 0;
        let asking = operations.iter().map(async |operation| {
            let (query, found) = answer(&client, operation, &[]).await;
            let data = found["data"].to_string();
            let shown = ids.iter().find(|id| data.contains(*id));
            assert!(shown.is_none(), "{who} was shown {shown:?} by {query}: {found:#}");
            assert!(!data.contains(&marker(&other)), "{who} was shown something by {query}: {found:#}");
            // The lists of the whole platform change while other tests write.
            if confined {
                let (_, never) = answer(&client, operation, &replace).await;
                assert_eq!(found, never, "{who} can tell what is hidden from what is not there by {query}");
            }
        });
        let mut asking = futures::stream::iter(asking).buffered(AT_ONCE);
        while asking.next().await.is_some() {
            asked += 1;
        }
        assert!(asked > 100, "{asked} queries");
    }
}
