//! Every list, read forwards and backwards while rows come in, neither repeats nor skips an item
//! that was there throughout.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicI64, Ordering};
use std::time::Duration;

use seeka::graph::Statement;
use seeka::id::{
    AccessTokenId, AnnouncementId, AssetId, EventId, FranchiseId, InvitationId, ReleaseId, RevisionId, ScheduleId,
    SessionId, TenantId, TicketId, UserId,
};
use seeka::seed::QuestionEntry;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::support::{Client, Member, Story, TestApp, credit, episode, series};

/// A tenant in which every list has several pages.
fn long() -> Story {
    let mut story = Story::new("paged");
    let tags: Vec<_> = (0..9).map(|n| story.tag(&format!("word{n}"))).collect();
    let people: Vec<_> = (0..9).map(|n| story.person(&format!("Person {n}"))).collect();
    let word = story.unique().to_owned();
    story.tenant().faq = (0..9).map(question).collect();
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

fn question(n: i32) -> QuestionEntry {
    QuestionEntry { slug: format!("q{n}"), question: format!("Question {n}?"), answer: "Yes.".to_owned() }
}

/// The number of the next release, whatever tenant it is of.
static RELEASES: AtomicI64 = AtomicI64::new(1);

/// Adds a row to each list of an account and of a tenant, at each of these minutes.
async fn grow(app: &TestApp, owner: &Member, story: &Story, minutes: &[i64]) {
    const GROW: &str = "
        MATCH (u:User {id: $user}) MATCH (t:Tenant {slug: $tenant}) MATCH (e:Episode {tenantId: t.id, slug: 'f0s0-s1e1'})
        MATCH (z:Franchise {tenantId: t.id, slug: 'f0'})
        UNWIND $rows AS row
        WITH u, t, e, z, row, datetime('2026-01-01T00:00:00Z') + duration({minutes: row.minutes}) AS at,
             datetime() + duration({hours: 1}) AS until
        CREATE (f:User {id: row.user, handle: row.user, handleSkeleton: row.user, displayName: 'Somebody',
                        email: row.user + '@example.org', createdAt: at, version: 1})
        CREATE (f)-[:FOLLOWS {followerId: f.id, followedId: u.id, since: at}]->(u)
        CREATE (u)-[:FOLLOWS {followerId: u.id, followedId: f.id, since: at}]->(f)
        CREATE (f)-[:MEMBER_OF {role: 'MEMBER', since: at}]->(t)
        CREATE (u)-[:HAS_SESSION]->(:Session {id: row.session, createdAt: at, lastUsedAt: at, expiresAt: until,
                                              familyHash: row.session, tokenHash: row.session, address: '192.0.2.1'})
        CREATE (u)-[:HAS_ACCESS_TOKEN]->(:AccessToken {id: row.token, hash: row.token, name: 'One', createdAt: at,
                                                       expiresAt: until, scopes: ['PROFILE_READ']})
        CREATE (t)-[:HAS_INVITATION]->(:Invitation {id: row.invitation, tenantId: t.id, email: f.email, role: 'MEMBER',
                                                    hash: row.invitation, createdAt: at, expiresAt: until,
                                                    invitedBy: u.id})
        CREATE (:Event {id: row.event, type: ['MEMBER_JOINED', 'SIGNED_IN'][row.minutes % 2], at: at, actorId: f.id,
                        subjectId: u.id, tenantId: t.id})
        CREATE (:Delivery {eventId: row.event, function: 'paged', failedAt: at, attempts: 1, error: 'It failed.'})
        CREATE (:Asset {id: row.asset, tenantId: t.id, kind: ['IMAGE', 'DATA'][row.minutes % 2], state: 'READY', bytes: 1,
                        contentType: 'image/png', key: row.asset, createdAt: at, version: 1})
        CREATE (c:Asset {id: row.captions, tenantId: t.id, kind: 'CAPTIONS', state: 'READY', bytes: 1,
                         contentType: 'text/vtt', key: row.captions, createdAt: at, version: 1})
        CREATE (c)-[:HAS_CUE]->(:Cue {assetId: c.id, tenantId: t.id, position: 0, startMs: 0, endMs: 1,
                                      text: $word + ' ' + row.captions})
        CREATE (e)-[:HAS_ASSET {role: 'CAPTIONS'}]->(c)
        CREATE (n:Announcement {id: row.announcement, tenantId: t.id, contentId: e.id, text: 'paged', from: at, until: at,
                                state: ['GRANTED', 'REFUSED'][row.minutes % 2], createdAt: at, updatedAt: at, version: 1})
        CREATE (n)-[:ANNOUNCES]->(e)
        CREATE (u)-[:HAS_TICKET]->(k:Ticket {id: row.ticket, tenantId: t.id, desk: t.id, openerId: u.id, subject: 'paged',
                                             state: ['OPEN', 'CLOSED'][row.minutes % 2], createdAt: at, updatedAt: at,
                                             version: 1})
        CREATE (u)-[:HAS_TICKET]->(:Ticket {id: row.platform, desk: 'PLATFORM', openerId: u.id, subject: 'paged',
                                            state: ['OPEN', 'CLOSED'][row.minutes % 2], createdAt: at, updatedAt: at,
                                            version: 1})
        CREATE (p:Page:Content:Franchise {id: row.page, tenantId: t.id, slug: row.page, createdAt: at, version: 1})
        CREATE (p)-[:DRAFT]->(d:Revision {id: row.draft, tenantId: t.id, pageId: p.id, state: 'DRAFT', document: '{}',
                                          createdAt: at, changedAt: at})
        CREATE (p)-[:HAS_REVISION]->(d)
        CREATE (z)-[:HAS_REVISION]->(:Revision {id: row.past, tenantId: t.id, pageId: z.id, state: 'PAST', document: '{}',
                                                createdAt: at, publishedAt: at})
        CREATE (:Release {id: row.release, tenantId: t.id, number: row.number, kind: 'PUBLISH', pages: 1, createdAt: at})
        CREATE (:Schedule {id: row.schedule, tenantId: t.id, state: ['CANCELLED', 'FAILED'][row.minutes % 2], at: at, pageIds: [],
                           createdAt: at})
        CREATE (o:Tenant {id: row.tenant, slug: row.tenant, name: 'paged with', active: true, createdAt: at, version: 1})
        CREATE (u)-[:MEMBER_OF {role: 'MEMBER', since: at}]->(o)
        RETURN row.user AS user";
    #[derive(Deserialize)]
    struct Row {
        #[serde(rename = "user")]
        _user: String,
    }
    let rows = minutes.iter().map(|minutes| {
        let row = json!({
            "minutes": minutes, "user": UserId::generate(), "session": SessionId::generate(),
            "token": AccessTokenId::generate(), "invitation": InvitationId::generate(), "event": EventId::generate(),
            "tenant": TenantId::generate(), "asset": AssetId::generate(), "captions": AssetId::generate(),
            "ticket": TicketId::generate(), "platform": TicketId::generate(),
            "announcement": AnnouncementId::generate(), "page": FranchiseId::generate(),
            "number": RELEASES.fetch_add(1, Ordering::Relaxed), "draft": RevisionId::generate(), "past": RevisionId::generate(), "release": ReleaseId::generate(),
            "schedule": ScheduleId::generate(),
        });
        neo4rs::BoltType::try_from(row).expect("a map")
    });
    let statement = Statement::new("tests/grow", GROW).bind("rows", rows.collect::<Vec<_>>());
    let statement = statement.bind("user", owner.id.as_str()).bind("tenant", story.slug()).bind("word", story.unique());
    let count = minutes.len();
    app.in_graph(|graph| async move { assert_eq!(graph.write::<Row>(statement).await.unwrap().len(), count) }).await;
}

/// Somebody who owns the tenant of a story, and has several pages of everything.
async fn owner(app: &TestApp, story: &Story) -> Member {
    let owner = Member::operator(app, "paged").await.owns(app, story.slug()).await;
    // Equal moments here, too.
    grow(app, &owner, story, &[100, 100, 100, 101, 101, 101, 101, 102, 103]).await;
    owner
}

/// A list of the API: how it is reached, what an item is called and where the list stands.
#[derive(Clone)]
struct List {
    name: &'static str,
    /// With `ARGUMENTS` where first, after, last and before go.
    query: String,
    path: Vec<&'static str>,
}

/// Every connection of the schema.
fn lists(story: &Story, owner: &Member) -> Vec<List> {
    [of_catalogue(story), of_accounts(story, owner)].concat()
}

/// Those of accounts and of what only members of a tenant see.
fn of_accounts(story: &Story, owner: &Member) -> Vec<List> {
    let followed = "... on User { id } ... on Franchise { id } ... on Series { id } ... on Tag { id }";
    let viewer = |field: &str| format!("{{ viewer {{ {field}(ARGUMENTS) PAGE }} }}");
    let user = |field: &str| format!(r#"{{ user(handle: "{}") {{ {field}(ARGUMENTS) PAGE }} }}"#, owner.handle);
    let entry = &story.catalogue.tenants[0];
    let tenant = TenantId::named(entry.created_at, &entry.slug);
    let administration = |field| format!(r#"{{ administration(tenantId: "{tenant}") {{ {field}(ARGUMENTS) PAGE }} }}"#);
    let events = |field| format!(r#"{{ {field}(tenantId: "{tenant}", ARGUMENTS) PAGE }}"#);
    let faq = format!(r#"{{ tenant(slug: "{}") {{ faq(query: "question", ARGUMENTS) PAGE }} }}"#, entry.slug);
    let pages = format!(r#"{{ pages(tenantId: "{tenant}", kind: FRANCHISE, ARGUMENTS) PAGE }}"#);
    let pending = format!(r#"{{ pendingChanges(tenantId: "{tenant}") {{ pages(ARGUMENTS) PAGE }} }}"#);
    let schedules = format!(r#"{{ schedules(tenantId: "{tenant}", states: [FAILED, CANCELLED], ARGUMENTS) PAGE }}"#);
    let first = FranchiseId::named(entry.created_at, &format!("{}/f0", entry.slug));
    let revisions = format!(r#"{{ page(id: "{first}") {{ revisions(ARGUMENTS) PAGE }} }}"#);
    vec![
        list("followers", &["user", "followers"], &user("followers"), "id"),
        list("following", &["user", "following"], &user("following"), followed),
        list("sessions", &["viewer", "sessions"], &viewer("sessions"), "id"),
        list("access tokens", &["viewer", "accessTokens"], &viewer("accessTokens"), "id"),
        list("security events", &["viewer", "securityEvents"], &viewer("securityEvents"), "id"),
        list("memberships", &["viewer", "memberships"], &viewer("memberships"), "tenant { id }"),
        list("members", &["administration", "members"], &administration("members"), "user { id }"),
        list("assets", &["administration", "assets"], &administration("assets"), "id"),
        list("announcements of a tenant", &["administration", "announcements"], &administration("announcements"), "id"),
        list("announcements", &["announcementRequests"], "{ announcementRequests(ARGUMENTS) PAGE }", "id"),
        list("tickets", &["viewer", "tickets"], &viewer("tickets"), "id"),
        list("tickets of a tenant", &["administration", "tickets"], &administration("tickets"), "id"),
        list("tickets of the platform", &["platformTickets"], "{ platformTickets(ARGUMENTS) PAGE }", "id"),
        list("invitations", &["administration", "invitations"], &administration("invitations"), "id"),
        list("questions", &["tenant", "faq"], &faq, "id"),
        list("pages", &["pages"], &pages, "id"),
        list("pages that were edited", &["pendingChanges", "pages"], &pending, "id"),
        list("revisions", &["page", "revisions"], &revisions, "id"),
        list("releases", &["releases"], &events("releases"), "id"),
        list("schedules", &["schedules"], &schedules, "id"),
        list("audit events", &["auditEvents"], &events("auditEvents"), "id"),
        list("failed functions", &["failedFunctions"], "{ failedFunctions(ARGUMENTS) PAGE }", "event { id }"),
        list("platform events", &["platformEvents"], &events("platformEvents"), "id"),
    ]
}

fn list(name: &'static str, path: &[&'static str], query: &str, key: &str) -> List {
    let page = "{ edges { cursor node { KEY } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }";
    List { name, query: query.replace("PAGE", &page.replace("KEY", key)), path: path.to_vec() }
}

/// Those that everybody sees.
fn of_catalogue(story: &Story) -> Vec<List> {
    let tenant = story.slug();
    let (tag, person) = (&story.catalogue.tags[0].slug, &story.catalogue.people[0].slug);
    let content = "... on Franchise { id } ... on Series { id } ... on Episode { id }";
    let in_tenant = |field: &str| format!(r#"{{ tenant(slug: "{tenant}") {{ {field}(ARGUMENTS) PAGE }} }}"#);
    vec![
        list("tenants", &["tenants"], "{ tenants(ARGUMENTS) PAGE }", "id"),
        list("franchises", &["franchises"], "{ franchises(ARGUMENTS) PAGE }", "id"),
        list("all series", &["allSeries"], "{ allSeries(ARGUMENTS) PAGE }", "id"),
        list("episodes", &["episodes"], "{ episodes(ARGUMENTS) PAGE }", "id"),
        list("tags", &["tags"], "{ tags(ARGUMENTS) PAGE }", "id"),
        list("franchises of a tenant", &["tenant", "franchises"], &in_tenant("franchises"), "id"),
        list("series of a tenant", &["tenant", "series"], &in_tenant("series"), "id"),
        list("episodes of a tenant", &["tenant", "episodes"], &in_tenant("episodes"), "id"),
        list(
            "series of a franchise",
            &["franchise", "series"],
            &format!(r#"{{ franchise(slug: "f0", tenant: "{tenant}") {{ series(ARGUMENTS) PAGE }} }}"#),
            "id",
        ),
        list(
            "episodes of a series",
            &["series", "episodes"],
            &format!(r#"{{ series(slug: "f0s0", tenant: "{tenant}") {{ episodes(ARGUMENTS) PAGE }} }}"#),
            "id",
        ),
        list(
            "tags of a franchise",
            &["franchise", "tags"],
            &format!(r#"{{ franchise(slug: "f0", tenant: "{tenant}") {{ tags(ARGUMENTS) PAGE }} }}"#),
            "id",
        ),
        list(
            "credits of a series",
            &["series", "credits"],
            &format!(r#"{{ series(slug: "f0s0", tenant: "{tenant}") {{ credits(ARGUMENTS) PAGE }} }}"#),
            "person { id }",
        ),
        list(
            "items of a tag",
            &["tag", "items"],
            &format!(r#"{{ tag(slug: "{tag}") {{ items(ARGUMENTS) PAGE }} }}"#),
            "id",
        ),
        list(
            "credits of a person",
            &["person", "credits"],
            &format!(r#"{{ person(slug: "{person}") {{ credits(ARGUMENTS) PAGE }} }}"#),
            "content { id }",
        ),
        list(
            "search",
            &["search"],
            &format!(r#"{{ search(query: "{}", types: [FRANCHISE], ARGUMENTS) PAGE }}"#, story.unique()),
            content,
        ),
        list(
            "search in captions",
            &["searchCaptions"],
            &format!(r#"{{ searchCaptions(query: "{}", ARGUMENTS) PAGE }}"#, story.unique()),
            "id: text",
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
            let inside = ["person", "content", "user", "tenant", "event"].map(|name| &node[name]["id"]);
            let id = [&node["id"]].into_iter().chain(inside).find_map(Value::as_str);
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

/// Adds rows to every list, at both of their ends and in between, once for each list that is read, until told to stop.
async fn write(app: &TestApp, story: &Story, owner: &Member, (begun, stop): (&AtomicI32, &AtomicBool)) -> usize {
    let mut grown = Story::new("growing");
    grown.catalogue = story.catalogue.clone();
    let mut rounds = 0_i32;
    while !stop.load(Ordering::Relaxed) {
        if rounds == begun.load(Ordering::Relaxed) {
            tokio::time::sleep(Duration::from_millis(5)).await;
            continue;
        }
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
        grown.tenant().faq.push(question(100 + rounds));
        let mut newcomer = Story::new("newcomer");
        newcomer.catalogue.tenants[0].name = format!("paged {rounds}");
        app.tell(&newcomer).await;
        app.tell(&grown).await;
        grow(app, owner, story, &[0, 101, 1_000]).await;
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
    let owner = owner(app, &story).await;
    let client = owner.client.clone();
    let lists = lists(&story, &owner);
    let mut before = HashMap::new();
    for list in &lists {
        let ids = read(&client, list, 100, false).await;
        assert!(ids.len() >= 9, "{}: {} items", list.name, ids.len());
        before.insert(list.name, ids);
    }
    let (begun, stop) = (AtomicI32::new(0), AtomicBool::new(false));
    let reading = async {
        for list in &lists {
            begun.fetch_add(1, Ordering::Relaxed);
            let before = &before[list.name];
            // The whole platform's lists are long by now; others page one by one over their ends.
            for (size, backward) in [(4, false), (4, true), (25, false), (25, true)] {
                if size == 4 && before.len() > 60 {
                    continue;
                }
                let ids = read(&client, list, size, backward).await;
                // Other tests take back what is theirs; what counts is what was there all the time.
                let after: HashSet<String> = read(&client, list, 100, false).await.into_iter().collect();
                let there: Vec<&String> = before.iter().filter(|id| after.contains(*id)).collect();
                assert!(there.len() >= 9, "{}: {} items are left", list.name, there.len());
                let mut seen: HashMap<&str, usize> = HashMap::new();
                for id in &ids {
                    *seen.entry(id).or_default() += 1;
                }
                for &id in &there {
                    let times = seen.get(id.as_str()).copied().unwrap_or_default();
                    let expected = there.iter().filter(|other| **other == id).count();
                    assert_eq!(times, expected, "{}: {id}, {size} at a time, backward: {backward}", list.name);
                }
                let mut order: Vec<_> = ids.iter().filter(|id| there.contains(id)).collect();
                if backward {
                    order.reverse();
                }
                assert!(order == there, "{}: the order changed", list.name);
            }
        }
        stop.store(true, Ordering::Relaxed);
    };
    let (rounds, ()) = tokio::join!(write(app, &story, &owner, (&begun, &stop)), reading);
    assert!(rounds >= 3, "rows came in while the lists were read: {rounds} rounds");
}

#[tokio::test]
async fn a_page_between_two_cursors_has_both_of_its_ends() {
    let app = TestApp::get().await;
    let story = long();
    app.tell(&story).await;
    let owner = owner(app, &story).await;
    for list in lists(&story, &owner).iter().filter(|list| list.path.len() == 2) {
        let ask = async |arguments: &str| {
            let answer = owner.client.query(&list.query.replace("ARGUMENTS", arguments)).await;
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
