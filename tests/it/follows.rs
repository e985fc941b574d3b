//! People follow one another and what they want to hear of.

use std::time::Duration;

use seeka::graph::Statement;
use serde_json::{Value, json};

use crate::support::{Client, Member, Story, TestApp, series};

const FOLLOW: &str = "mutation($id: ID!) { follow(input: {id: $id}) {
    followed { __typename ... on User { viewerFollows } ... on Series { viewerFollows } } userErrors { field code }
} }";
const UNFOLLOW: &str = "mutation($id: ID!) { unfollow(input: {id: $id}) {
    unfollowed { __typename ... on User { viewerFollows } } userErrors { field code }
} }";

async fn follow(client: &Client, id: &str) -> Value {
    client.send(FOLLOW, json!({"id": id})).await.data()["follow"].clone()
}

async fn unfollow(client: &Client, id: &str) -> Value {
    client.send(UNFOLLOW, json!({"id": id})).await.data()["unfollow"].clone()
}

async fn members(app: &TestApp, names: &[&str]) -> Vec<Member> {
    let mut members = Vec::new();
    for name in names {
        members.push(Member::register(&app.viewer(), name).await);
    }
    members
}

/// A franchise with two series and a tag, of which the second series is a draft; their ids by name.
async fn world(app: &TestApp) -> (Story, Value) {
    let mut story = Story::new("followed");
    let tag = story.tag("slow");
    let franchise = story.franchise("f");
    let (mut one, mut draft) = (series("one"), series("draft"));
    one.tags = vec![tag.clone()];
    draft.published_at = None;
    franchise.series = vec![one, draft];
    app.tell(&story).await;
    let slug = story.slug();
    let query = format!(
        r#"{{ franchise(slug: "f", tenant: "{slug}") {{ id }} series(slug: "one", tenant: "{slug}") {{ id }} tag(slug: "{tag}") {{ id }} }}"#
    );
    let ids = app.viewer().query(&query).await.data().clone();
    (story, ids)
}

fn handles(page: &Value) -> Vec<&str> {
    page["nodes"].as_array().unwrap().iter().map(|user| user["handle"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn followers_and_followed_find_one_another() {
    let app = TestApp::get().await;
    let all = members(app, &["ada", "bob", "cyd"]).await;
    let [ada, bob, cyd] = &all[..] else { unreachable!() };
    let (_, ids) = world(app).await;
    let id = |kind: &str| ids[kind]["id"].as_str().unwrap();
    for kind in ["franchise", "series", "tag"] {
        assert_eq!(follow(&ada.client, id(kind)).await["userErrors"], json!([]));
    }
    let followed = follow(&ada.client, &bob.id).await;
    assert_eq!(followed, json!({"followed": {"__typename": "User", "viewerFollows": true}, "userErrors": []}));
    assert_eq!(follow(&ada.client, &bob.id).await, followed, "again");
    follow(&cyd.client, &bob.id).await;

    let query = format!(
        r#"{{ viewer {{ user {{ following {{ nodes {{ __typename ... on User {{ handle }} }} }}
                users: following(types: [USER]) {{ nodes {{ ... on User {{ handle }} }} }} }} }}
             bob: user(handle: "{}") {{ followerCount viewerFollows followers {{ nodes {{ handle }} }} following {{ nodes {{ __typename }} }} }}
             series: node(id: "{}") {{ ... on Series {{ followerCount viewerFollows followers {{ nodes {{ handle }} }} }} }}
             tag: node(id: "{}") {{ ... on Tag {{ followerCount viewerFollows followers {{ nodes {{ handle }} }} }} }}
             franchise: node(id: "{}") {{ ... on Franchise {{ followerCount viewerFollows followers {{ nodes {{ handle }} }} }} }} }}"#,
        bob.handle,
        id("series"),
        id("tag"),
        id("franchise")
    );
    let answer = ada.client.query(&query).await;
    let data = answer.data();
    let kinds: Vec<_> = data["viewer"]["user"]["following"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| &node["__typename"])
        .collect();
    assert_eq!(kinds, ["User", "Tag", "Series", "Franchise"]);
    assert_eq!(handles(&data["viewer"]["user"]["users"]), [&*bob.handle]);
    assert_eq!(handles(&data["bob"]["followers"]), [&*cyd.handle, &*ada.handle]);
    assert_eq!((&data["bob"]["followerCount"], &data["bob"]["viewerFollows"]), (&json!(2), &json!(true)));
    assert_eq!(data["bob"]["following"]["nodes"], json!([]));
    for kind in ["series", "tag", "franchise"] {
        let found = &data[kind];
        assert_eq!(handles(&found["followers"]), [&*ada.handle], "{kind}");
        assert_eq!((&found["followerCount"], &found["viewerFollows"]), (&json!(1), &json!(true)), "{kind}");
    }
    let answer = app.viewer().query(&query).await;
    assert_eq!(answer.data()["bob"]["viewerFollows"], json!(null));
    let answer = bob.client.query(&query).await;
    assert_eq!(answer.data()["tag"]["viewerFollows"], json!(false));

    let unfollowed = json!({"unfollowed": {"__typename": "User", "viewerFollows": false}, "userErrors": []});
    assert_eq!(unfollow(&ada.client, &bob.id).await, unfollowed);
    assert_eq!(unfollow(&ada.client, &bob.id).await, unfollowed, "again");
    let answer = app.viewer().query(&query).await;
    assert_eq!(handles(&answer.data()["bob"]["followers"]), [&*cyd.handle]);
}

#[tokio::test]
async fn what_is_not_seen_is_not_followed() {
    let app = TestApp::get().await;
    let all = members(app, &["ada", "bob"]).await;
    let [ada, bob] = &all[..] else { unreachable!() };
    let (mut story, ids) = world(app).await;
    let series = ids["series"]["id"].as_str().unwrap();
    let (franchise, slug) = (story.franchise("x").slug.clone(), story.slug().to_owned());
    assert_eq!((franchise.as_str(), slug.is_empty()), ("x", false));
    let missing = [
        seeka::id::SeriesId::generate().to_string(),
        seeka::id::UserId::generate().to_string(),
        seeka::id::TagId::generate().to_string(),
    ];
    let refused = json!({"followed": null, "userErrors": [{"field": ["input", "id"], "code": "NOT_FOUND"}]});
    for id in &missing {
        assert_eq!(follow(&ada.client, id).await, refused, "{id}");
    }
    let own = follow(&ada.client, &ada.id).await;
    assert_eq!(own["userErrors"][0]["code"], "NOT_ALLOWED");
    let episode = seeka::id::EpisodeId::generate().to_string();
    assert_eq!(ada.client.send(FOLLOW, json!({"id": episode})).await.codes(), ["BAD_USER_INPUT"]);
    assert_eq!(app.viewer().send(FOLLOW, json!({"id": bob.id})).await.codes(), ["UNAUTHENTICATED"]);

    // What vanishes later vanishes from the lists, on both sides.
    follow(&ada.client, series).await;
    follow(&ada.client, &bob.id).await;
    follow(&bob.client, &ada.id).await;
    let (series_id, bob_id) = (series.to_owned(), bob.id.clone());
    app.in_graph(|graph| async move {
        #[derive(serde::Deserialize)]
        struct Row {}
        let hide = "MATCH (s:Series {id: $series}) MATCH (u:User {id: $user}) SET s.publishedAt = null, u.deletedAt = datetime()";
        let statement = Statement::new("tests/hide", hide).bind("series", series_id).bind("user", bob_id);
        graph.write::<Row>(statement).await.unwrap();
    })
    .await;
    let query = "{ viewer { user { following { nodes { __typename } } followers { nodes { handle } } } } }";
    let answer = ada.client.query(query).await;
    assert_eq!(answer.data()["viewer"]["user"], json!({"following": {"nodes": []}, "followers": {"nodes": []}}));
    assert_eq!(follow(&ada.client, series).await, refused);
    assert_eq!(follow(&ada.client, &bob.id).await, refused);
    // It counts all the same, so it can be given up.
    let unfollow = "mutation($id: ID!) { unfollow(input: {id: $id}) {
        unfollowedId unfollowed { __typename } userErrors { code } } }";
    for id in [series, &bob.id] {
        let answer = ada.client.send(unfollow, json!({"id": id})).await;
        let given_up = json!({"unfollowedId": id, "unfollowed": null, "userErrors": []});
        assert_eq!(answer.data()["unfollow"], given_up);
    }
    let id = ada.id.clone();
    app.in_graph(|graph| async move {
        #[derive(serde::Deserialize)]
        struct Row {
            n: i64,
        }
        let text = "MATCH (:User)-[follows:FOLLOWS]->() WHERE follows.followerId = $id RETURN count(follows) AS n";
        assert_eq!(graph.read::<Row>(Statement::new("tests/follows", text).bind("id", id)).await.unwrap()[0].n, 0);
    })
    .await;
}

#[tokio::test]
async fn follows_are_read_page_by_page_in_both_directions() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    // Several at the same moment, so that only the ids decide.
    let (id, mark) = (ada.id.clone(), ada.handle.clone());
    app.in_graph(|graph| async move {
        #[derive(serde::Deserialize)]
        struct Row {}
        let text = "MATCH (a:User {id: $id}) UNWIND range(10, 34) AS n
            CREATE (f:User {id: 'us_01jd7s2zk4000000000' + right('0000000' + toString(n) , 7), handle: $mark + '_f' + toString(n),
              displayName: 'Follower', email: $mark + toString(n) + '@example.org', createdAt: datetime(), version: 1})
            SET f.id = 'us_' + left(substring($id, 3), 22) + right('0000' + toString(n), 4)
            WITH a, f, n, datetime('2026-01-01T00:00:00Z') + duration({minutes: n / 5}) AS since
            CREATE (f)-[:FOLLOWS {followerId: f.id, followedId: a.id, since: since}]->(a)
            CREATE (a)-[:FOLLOWS {followerId: a.id, followedId: f.id, since: since}]->(f)";
        graph.write::<Row>(Statement::new("tests/followers", text).bind("id", id).bind("mark", mark)).await.unwrap();
    })
    .await;
    for list in ["followers", "following"] {
        let mut read = [Vec::new(), Vec::new()];
        for (backward, ids) in read.iter_mut().enumerate() {
            let (count, from, more, next) = if backward == 1 {
                ("last", "before", "hasPreviousPage", "startCursor")
            } else {
                ("first", "after", "hasNextPage", "endCursor")
            };
            let mut cursor = String::new();
            loop {
                let query = format!(
                    r#"{{ node(id: "{}") {{ ... on User {{ {list}({count}: 7{cursor}) {{ nodes {{ ... on User {{ id }} }}
                       pageInfo {{ {more} {next} }} }} }} }} }}"#,
                    ada.id
                );
                let answer = app.viewer().query(&query).await;
                let page = &answer.data()["node"][list];
                let page_ids =
                    page["nodes"].as_array().unwrap().iter().map(|node| node["id"].as_str().unwrap().to_owned());
                let mut page_ids: Vec<_> = page_ids.collect();
                if backward == 1 {
                    page_ids.reverse();
                }
                ids.extend(page_ids);
                if page["pageInfo"][more] == false {
                    break;
                }
                cursor = format!(r#", {from}: "{}""#, page["pageInfo"][next].as_str().unwrap());
            }
        }
        let [forward, mut backward] = read;
        backward.reverse();
        assert_eq!(forward.len(), 25, "{list}");
        assert_eq!(forward, backward, "{list}");
        let mut sorted = forward.clone();
        sorted.sort_unstable_by(|a, b| b.cmp(a));
        assert_eq!(forward, sorted, "{list}: the newest first, the ids follow the time here");
    }
}

#[tokio::test]
async fn a_level_of_followers_is_two_statements_however_wide() {
    let app = TestApp::get().await;
    let all = members(app, &["ada", "bob", "cyd", "dan"]).await;
    let (_, ids) = world(app).await;
    for one in &all {
        for other in all.iter().filter(|other| other.id != one.id) {
            follow(&one.client, &other.id).await;
        }
        follow(&one.client, ids["series"]["id"].as_str().unwrap()).await;
    }
    let list = all.iter().map(|member| format!("\"{}\"", member.id)).collect::<Vec<_>>().join(",");
    let query = format!(
        r#"{{ nodes(ids: [{list}, {}]) {{
            ... on User {{ followerCount viewerFollows followers(first: 2) {{ nodes {{ handle followers(last: 1) {{ nodes {{ handle viewerFollows }} }} }} }} }}
            ... on Series {{ followerCount viewerFollows followers {{ nodes {{ handle }} }} }} }} }}"#,
        ids["series"]["id"]
    );
    let (answer, mut statements) = app.operator().explain(&query).await;
    let nodes = answer.data()["nodes"].as_array().unwrap();
    assert!(nodes[..4].iter().all(|user| user["followers"]["nodes"].as_array().unwrap().len() == 2));
    assert_eq!(nodes[4]["followers"]["nodes"].as_array().unwrap().len(), 4);
    statements.sort();
    assert_eq!(
        statements,
        [
            "accounts/users_by_ids",
            "catalog/nodes_by_ids",
            "follows/followers_by_ids",
            "follows/followers_by_ids",
            "follows/standings_by_ids",
        ]
    );
}

#[tokio::test]
async fn two_who_follow_at_once_follow_once() {
    let app = TestApp::get().await;
    let all = members(app, &["ada", "bob"]).await;
    let [ada, bob] = &all[..] else { unreachable!() };
    let both = futures::future::join_all((0..8).map(|_| follow(&ada.client, &bob.id))).await;
    assert!(both.iter().all(|payload| payload["userErrors"] == json!([])), "{both:?}");
    let query =
        format!(r#"{{ user(handle: "{}") {{ followerCount followers {{ nodes {{ handle }} }} }} }}"#, bob.handle);
    let answer = tokio::time::timeout(Duration::from_mins(1), app.viewer().query(&query)).await.unwrap();
    assert_eq!(answer.data()["user"], json!({"followerCount": 1, "followers": {"nodes": [{"handle": ada.handle}]}}));
}
