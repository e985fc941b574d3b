//! The rails that are the viewer's own.

use seeka::home::RecommendationStrategy;

use super::*;

/// A rail for each strategy.
pub(super) fn recommended() -> [RailEntry; 2] {
    [("By tags", RecommendationStrategy::PopularWithYourTags), ("Alike", RecommendationStrategy::SimilarViewers)]
        .map(|(title, strategy)| rail(title, RailSourceEntry::Recommended { strategy }))
}

async fn follow(client: &Client, id: &str) {
    let follow = "mutation($id: ID!) { follow(input: {id: $id}) { userErrors { code } } }";
    let answer = client.send(follow, json!({"id": id})).await;
    assert_eq!(answer.data()["follow"]["userErrors"], json!([]));
}

#[tokio::test]
async fn the_viewer_goes_on_where_they_left_off() {
    let app = TestApp::get().await;
    let mut story = studio();
    story.tenant().franchises[0].series[1].episodes[1].active = false;
    let mut done = series("done");
    done.episodes = vec![episode("done", 1, 1)];
    story.tenant().franchises[0].series.push(done);
    story.tenant().home = vec![rail("Continue", RailSourceEntry::ContinueWatching)];
    app.tell(&story).await;
    let [ada, bob] = members(app, ["ada", "bob"]).await;
    let what = [
        (&ada, "one-s1e1", 1.0, 50),
        (&ada, "one-s1e2", 0.4, 40),
        (&ada, "two-s1e1", 0.95, 30),
        (&ada, "done-s1e1", 1.0, 20),
        (&bob, "one-s1e1", 0.95, 10),
    ];
    watched(app, story.slug(), &what).await;
    let slug = story.slug();
    // The one that is not visible is passed over, and what has no more episodes is not there.
    assert_eq!(rail_of(&ada.client, slug, "Continue").await, ["two-s1e3", "one-s1e2"]);
    assert_eq!(rail_of(&ada.client.in_tenant(slug), slug, "Continue").await, ["two-s1e3", "one-s1e2"]);
    assert_eq!(rail_of(&bob.client, slug, "Continue").await, ["one-s1e2"]);
    assert_eq!(shown(&app.viewer(), slug).await, []);
    assert_eq!(shown(&app.user(), slug).await, []);

    // On the page of another tenant it is not there; on that of the platform it is.
    let mut other = studio();
    other.tenant().home = vec![rail("Continue", RailSourceEntry::ContinueWatching)];
    app.tell(&other).await;
    assert_eq!(shown(&ada.client, other.slug()).await, []);
    story.tenant().franchises[0].active = false;
    app.tell(&story).await;
    assert_eq!(shown(&ada.client, story.slug()).await, []);
}

#[tokio::test]
async fn strategies_propose_what_the_viewer_has_not_watched() {
    let app = TestApp::get().await;
    let mut story = studio();
    let (slow, loud) = (story.tag("slow"), story.tag("loud"));
    for (n, (slug, tags)) in
        [("three", vec![&slow]), ("four", vec![&slow, &loud]), ("five", vec![]), ("six", vec![&loud])]
            .into_iter()
            .enumerate()
    {
        let mut entry = series(slug);
        entry.tags = tags.into_iter().cloned().collect();
        entry.episodes = vec![episode(slug, 1, 1)];
        if n == 3 {
            entry.published_at = None;
        }
        story.tenant().franchises[0].series.push(entry);
    }
    story.tenant().franchises[0].series[0].tags = vec![slow.clone()];
    story.tenant().franchises[0].tags = vec![slow.clone()];
    story.tenant().home = recommended().to_vec();
    app.tell(&story).await;
    let slug = story.slug();
    let [ada, bob, cyd, dot] = members(app, ["ada", "bob", "cyd", "dot"]).await;
    let query = format!(
        r#"{{ slow: tag(slug: "{slow}") {{ id }} loud: tag(slug: "{loud}") {{ id }} four: series(slug: "four", tenant: "{slug}") {{ id }} }}"#
    );
    let ids = app.viewer().query(&query).await.data().clone();
    let id = |name: &str| ids[name]["id"].as_str().unwrap();
    assert_eq!(shown(&ada.client, slug).await, [], "nothing is known of her");
    follow(&ada.client, id("slow")).await;
    follow(&ada.client, id("loud")).await;
    follow(&bob.client, id("four")).await;
    watched(app, slug, &[(&ada, "one-s1e1", 1.0, 9)]).await;
    let by_tags = rail_of(&ada.client, slug, "By tags").await;
    assert_eq!(by_tags, ["four", "three"], "the one with a follower first, without franchises and what was watched");

    watched(app, slug, &[(&bob, "one-s1e1", 1.0, 8), (&bob, "five-s1e1", 1.0, 8), (&bob, "six-s1e1", 1.0, 8)]).await;
    assert_eq!(rail_of(&ada.client, slug, "Alike").await, [""; 0], "one alone is nobody's company");
    watched(app, slug, &[(&cyd, "one-s1e1", 0.2, 8), (&cyd, "five-s1e1", 0.2, 8), (&cyd, "six-s1e1", 1.0, 8)]).await;
    watched(app, slug, &[(&cyd, "three-s1e1", 1.0, 8), (&dot, "three-s1e1", 1.0, 8)]).await;
    assert_eq!(rail_of(&ada.client, slug, "Alike").await, ["five"], "dot has watched nothing that ada has");
    assert_eq!(shown(&app.viewer(), slug).await, []);

    // A recipe by itself comes to the same.
    let recipe = include_str!("../../../cypher/recommendations/similar_viewers.cypher");
    assert_eq!(run(app, recipe, "similarViewers", &ada).await.len(), 1);
    let recipe = include_str!("../../../cypher/recommendations/popular_with_your_tags.cypher");
    let found = run(app, recipe, "popularWithYourTags", &ada).await;
    assert_eq!((found.len(), &*found[0]), (2, id("four")));
}

/// The ids that a recipe comes to for somebody, with the numbers that the server uses.
async fn run(app: &TestApp, recipe: &'static str, list: &'static str, member: &Member) -> Vec<String> {
    #[derive(Deserialize)]
    struct Row {
        id: String,
    }
    let key = json!([{"n": 0, "tenantId": null, "limit": 10}]);
    let mut statement = Statement::new("tests/recipe", recipe)
        .bind(list, neo4rs::BoltType::try_from(key).unwrap())
        .bind("viewerId", member.id.as_str())
        .bind("tenantId", neo4rs::BoltType::Null(neo4rs::BoltNull))
        .bind("now", chrono::Utc::now());
    for (name, number) in [
        ("maxHistory", 500),
        ("maxFollowed", 200),
        ("maxTagged", 300),
        ("maxAlike", 30),
        ("maxViewers", 50),
        ("limit", 10),
    ] {
        statement = statement.bind(name, number);
    }
    let (found, receiver) = tokio::sync::oneshot::channel();
    app.in_graph(|graph| async move {
        let rows = graph.read::<Row>(statement).await.unwrap();
        found.send(rows.into_iter().map(|row| row.id).collect()).unwrap();
    })
    .await;
    receiver.await.unwrap()
}
