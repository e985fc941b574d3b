//! Every file of `cypher/` is a statement that Neo4j plans well, with a header that tells the truth.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use seeka::graph::Statement;
use serde::Deserialize;

use crate::support::TestApp;

/// Every statement: its path below `cypher/` and its text. `schema/` holds several a file.
fn statements() -> Vec<(String, String)> {
    fn walk(folder: &Path, files: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { walk(&path, files) } else { files.push(path) }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("cypher");
    let mut files = Vec::new();
    walk(&root, &mut files);
    let cypher = files.into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "cypher"));
    let mut all: Vec<_> = cypher
        .map(|path| {
            (path.strip_prefix(&root).unwrap().to_str().unwrap().to_owned(), fs::read_to_string(&path).unwrap())
        })
        .filter(|(name, _)| !name.starts_with("schema/"))
        .collect();
    all.sort();
    assert!(all.len() > 15);
    all
}

/// The comment lines at the top, without their slashes, and the statement below them.
fn split(text: &str) -> (Vec<&str>, String) {
    let header =
        text.lines().take_while(|line| line.starts_with("//")).map(|line| line.trim_start_matches("//").trim());
    let body = text.lines().skip_while(|line| line.starts_with("//")).collect::<Vec<_>>().join("\n");
    (header.collect(), body)
}

/// The text of a header entry, which may go on over several lines.
fn entry(header: &[&str], name: &str) -> Option<String> {
    let start = header.iter().position(|line| line.starts_with(name))?;
    let goes_on = |line: &&&str| !line.starts_with("returns:");
    let rest = header[start + 1..].iter().take_while(goes_on).copied();
    let first = header[start].strip_prefix(name)?.trim();
    Some([first].into_iter().chain(rest).collect::<Vec<_>>().join(" "))
}

/// The names before the colons of the outermost level: `a: [{n: int}], b: c` names a and b.
fn names(entry: &str) -> BTreeSet<String> {
    let mut depth = 0_u32;
    let outermost = entry.chars().filter(|c| {
        match c {
            '[' | '{' | '(' => depth += 1,
            ']' | '}' | ')' => depth -= 1,
            _ => return depth == 0,
        }
        false
    });
    let outermost: String = outermost.collect();
    outermost.split(',').filter_map(|part| part.split_once(':')).map(|(name, _)| name.trim().to_owned()).collect()
}

/// The `$names` of a statement.
fn parameters(body: &str) -> BTreeSet<String> {
    let word = |c: char| c.is_alphanumeric() || c == '_';
    body.split('$').skip(1).map(|rest| rest.chars().take_while(|c| word(*c)).collect()).collect()
}

#[test]
fn every_header_names_the_parameters_that_the_statement_uses() {
    for (name, text) in statements() {
        let (header, body) = split(&text);
        assert!(header[0].len() > 10 && !header[0].starts_with("params:"), "{name}: no sentence at the top");
        let params = entry(&header, "params:").unwrap_or_else(|| panic!("{name}: no params:"));
        let returns = entry(&header, "returns:").unwrap_or_else(|| panic!("{name}: no returns:"));
        assert_eq!(names(&params), parameters(&body), "{name}: params");
        let last = body.rsplit("RETURN ").next().unwrap();
        for column in names(&returns) {
            let named = last.split([',', ' ', '\n', '(', ')']).any(|word| word == column);
            assert!(named, "{name}: returns {column}, but the last RETURN does not");
        }
    }
}

/// The folders whose statements serve the platform itself, or read what users own or what only members of a tenant see.
/// Every other one reads what tenants own.
const OF_THE_PLATFORM: [&str; 15] = [
    "platform/",
    "seed/",
    "generate/",
    "accounts/",
    "announcements/",
    "assets/",
    "events/",
    "tenants/",
    "follows/",
    "exports/",
    "deletion/",
    "functions/",
    "publishing/",
    "home/platform",
    "support/",
];

/// What statements read that the sample does not hold. Neo4j knows a name as soon as something has had it, so whatever
/// is not here, and not in the sample, is a typing error.
const BEYOND_THE_SAMPLE: [&str; 12] = [
    "CREATE (u:User {emailVerifiedAt: '', deletedAt: '', platformRoles: [], rolesLockedAt: '', version: 0})
     CREATE (u)-[:HAS_CREDENTIAL]->(c:Credential {kind: '', hash: '', usedAt: ''})
     CREATE (u)-[:HAS_SESSION]->(s:Session {lastUsedAt: '', expiresAt: '', familyHash: '', tokenHash: ''})
     SET s += {pastHashes: [], pastAt: [], address: '', userAgent: ''}
     CREATE (u)-[:HAS_ACCESS_TOKEN]->(a:AccessToken {hash: '', scopes: '', requestHash: '', lastUsedAt: '', expiresAt: ''})
     DETACH DELETE u, c, s, a
     RETURN 1 AS known",
    "CREATE (e:Event {type: '', subjectId: '', tenantId: '', actorId: '', at: '', payload: '', address: '', userAgent: '',
                      correlationId: '', accessTokenId: ''})
     DELETE e
     RETURN 1 AS known",
    "CREATE (t:Tenant {suspendedAt: ''})<-[:MEMBER_OF {role: '', since: ''}]-(u:User)
     SET u.displayName = '', u.lockedAt = '', t.lockedAt = '', t.suspensionReason = '', t.wasActive = true, t.closedAt = '', t.creationKey = '', t.maxMembers = 0,
       t.maxItems = 0, t.maxStorageBytes = 0, t.invitedOn = '', t.invitedCount = 0
     CREATE (t)-[:HAS_INVITATION]->(i:Invitation {tenantId: '', email: '', role: '', hash: '', expiresAt: '', invitedBy: ''})
     CREATE (t)-[:HAS_DOMAIN]->(d:Domain {tenantId: '', token: '', verifiedAt: '', verifiedName: ''})
     DETACH DELETE u, t, i, d
     RETURN 1 AS known",
    "CREATE (u:User)-[:HAS_IDENTITY]->(i:Identity {provider: '', subject: '', email: '', emailVerified: '', lastUsedAt: ''})
     CREATE (a:SignInAttempt {stateHash: '', browserHash: '', ticketHash: '', challenge: '', linkTo: '', returnTo: '',
       address: '', triedAt: '', spentAt: ''})
     CREATE (l:LoginCode {hash: '', userId: '', identityId: ''}), (k:LinkCode {hash: ''})
     SET u.identitiesAt = ''
     DETACH DELETE u, i, a, l, k
     RETURN 1 AS known",
    "CREATE (u:User {touchedAt: ''})-[:HAS_CREDENTIAL]->(c:Credential {changedAt: ''})
     CREATE (u)-[:HAS_PROOF]->(p:EmailProof {kind: '', hash: '', email: '', expiresAt: ''})
     DETACH DELETE u, c, p
     RETURN 1 AS known",
    "CREATE (u:User {bio: '', linkLabels: [], linkUrls: [], locale: '', historyVisibility: '', touchedAt: '', deleteAfter: ''})
     SET u += {erasingSince: '', email: '', handle: '', displayName: '', handleSkeleton: ''}
     CREATE (u)-[:HAS_ASSET {role: ''}]->(y:Asset {kind: '', state: '', key: '', bytes: 0, checksum: ''})
     CREATE (u)-[:HAS_ADDRESS]->(a:Address {name: '', lines: [], postalCode: '', locality: '', region: '', country: '',
       version: 0})
     CREATE (u)-[:HAS_LEGAL_PERSON]->(l:LegalPerson {legalName: '', dateOfBirth: '', nationality: '', countryOfResidence: '',
       taxId: ''})
     CREATE (u)-[:HAS_EXPORT]->(x:Export {state: '', key: '', bytes: 0, expiresAt: ''})
     CREATE (u)-[:HAS_ACCESS_TOKEN]->(k:AccessToken {name: ''})
     CREATE (u)-[:WROTE]->(m:Comment {body: '', status: '', parentId: '', anchorMs: 0, subjectId: ''})
     CREATE (u)-[:REACTED {kind: ''}]->(m)<-[:REPORTED {reason: ''}]-(u)
     CREATE (u)-[:WATCHED {userId: '', episodeId: '', tenantId: '', positionMs: 0, completion: 0.0, plays: 0, firstAt: '', lastAt: ''}]->(m)
     CREATE (u)-[:RATED {stars: 0, at: ''}]->(m)
     CREATE (u)-[:FOLLOWS {followerId: '', followedId: '', since: ''}]->(u)
     DETACH DELETE u, a, l, x, k, m, y
     RETURN 1 AS known",
    "CREATE (d:Delivery {eventId: '', function: '', lane: '', seq: 0, attempts: 0, eventAt: '', dueAt: '', leaseId: '',
                        lockedAt: '', failedAt: '', error: ''})
     CREATE (q:Queue {last: 0, lockedAt: ''}), (j:Job {lockedAt: '', startedAt: '', leaseUntil: '', leaseId: '', runs: 0})
     CREATE (e:Event {dueAt: '', functions: ''})
     DELETE d, q, j, e
     RETURN 1 AS known",
    "CREATE (a:Asset {fileName: '', declaredBytes: 0, durationMs: 0, videoCodec: '', audioCodec: '', language: '', readyAt: '',
       expiresAt: '', refusalCode: '', refusalMessage: '', partBytes: 0, uploadId: '', checks: 0, blurhash: '', variantWidths: [],
       variantHeights: [], createdBy: '', dueAt: '', claim: '', unusedSince: '', touchedAt: '', creationKey: '', cueCount: 0})
     SET a += {variantBytes: 0, renditionKinds: [], renditionUrls: [], renditionHeights: [], renditionBitrates: []}
     CREATE (a)-[:HAS_CUE]->(c:Cue {assetId: '', tenantId: '', position: 0, startMs: 0, endMs: 0, text: ''})
     DETACH DELETE a, c
     RETURN 1 AS known",
    "CREATE (p:Page:Content {lockedAt: '', archivedAt: '', creationKey: '', version: 0, releaseNumber: 0})-[:DRAFT]->(r:Revision {tenantId: '', pageId: '',
       state: '', document: '', changedAt: '', changedBy: '', publishedAt: ''})
     CREATE (p)-[:LIVE]->(r)<-[:HAS_REVISION]-(p), (s:Slug {tenantId: '', kind: '', slug: '', pageId: '', liveAt: ''})
     CREATE (l:Release {tenantId: '', number: 0, kind: '', note: '', reverts: 0, pages: 0, included: 0, createdBy: '', creationKey: ''})
     CREATE (l)-[:INCLUDES {pageId: '', beforeId: '', afterId: ''}]->(r)
     CREATE (t:Tenant {releaseNumber: 0, maxShortDescription: 0, maxLongDescription: 0, tagsMade: 0, peopleMade: 0})-[:HAS_RELEASE]->(l)
     CREATE (t)-[:HAS_SCHEDULE]->(c:Schedule {tenantId: '', state: '', at: '', dueAt: '', failingSince: '', note: '', failure: '', releaseId: '', pageIds: [],
       createdBy: '', creationKey: '', lockedAt: ''})
     CREATE (c)-[:PINS]->(r), (h:Changeover {state: '', tenantId: '', until: '', askedAt: ''})
     CREATE (r)-[:HAS_ASSET]->(a:Asset {lockedAt: ''}), (g:Tag {madeBy: ''}), (w:Person {madeBy: '', lockedAt: '', version: 0})
     DETACH DELETE p, r, s, l, t, c, h, a, g, w
     RETURN 1 AS known",
    "CREATE (h:HomePage {draft: '', lockedAt: ''})
     DELETE h
     RETURN 1 AS known",
    "CREATE (u:User)-[:HAS_TICKET]->(k:Ticket {tenantId: '', desk: '', openerId: '', subject: '', state: '', createdAt: '',
       updatedAt: '', lockedAt: '', creationKey: '', version: 0})
     CREATE (k)-[:HAS_MESSAGE]->(m:TicketMessage {ticketId: '', body: '', bySupport: true, createdAt: '', creationKey: ''})
     CREATE (u)-[:WROTE]->(m)
     DETACH DELETE u, k, m
     RETURN 1 AS known",
    "CREATE (a:Announcement {tenantId: '', contentId: '', text: '', from: '', until: '', state: '', reason: '', createdAt: '',
       updatedAt: '', lockedAt: '', creationKey: '', version: 0})
     CREATE (a)-[:ANNOUNCES]->(e:Episode)
     DETACH DELETE a, e
     RETURN 1 AS known",
];

#[test]
fn every_statement_on_what_tenants_own_names_the_tenant_and_the_moment() {
    for (name, text) in statements() {
        if OF_THE_PLATFORM.iter().any(|folder| name.starts_with(folder)) {
            continue;
        }
        let (_, body) = split(&text);
        assert!(body.contains("$tenantId"), "{name} forgets the tenant");
        assert!(body.contains("active"), "{name} forgets what is inactive");
        let of_tenants = ["catalog/tenants.cypher", "home/pages.cypher"].contains(&&*name);
        assert!(body.contains("$now") || of_tenants, "{name} forgets what is not yet published");
    }
}

#[test]
fn every_statement_on_the_inside_of_a_tenant_names_the_tenant_or_the_viewer() {
    // Operators need not belong to a tenant; whoever accepts an invitation has its token.
    let of_operators = ["reinstate", "set_plan", "standing", "suspend"];
    let mut count = 0;
    for (name, text) in statements() {
        let Some(name) = name.strip_prefix("tenants/").and_then(|name| name.strip_suffix(".cypher")) else { continue };
        if of_operators.contains(&name) {
            continue;
        }
        let (_, body) = split(&text);
        let names = parameters(&body);
        assert!(names.contains("tenantId") || names.contains("viewerId"), "{name} names neither");
        // What changes who may do what there takes the lock first.
        if names.contains("event") && name != "create" {
            let first = body.lines().find(|line| !line.starts_with("MATCH")).unwrap();
            assert_eq!(first, "SET t.lockedAt = $now", "{name} takes no lock");
        }
        count += 1;
    }
    assert!(count > 15);
}

#[test]
fn a_list_is_the_same_in_both_directions() {
    let mut count = 0;
    for (name, text) in statements() {
        let Some((forward, backward)) = text.split_once("UNION ALL\n  UNWIND $backward AS key") else { continue };
        let forward = forward.split_once("UNWIND $forward AS key").expect("both directions").1;
        let (backward, _) = backward.split_once("\n}").expect("an end");
        let conditions = |branch: &str| -> Vec<String> {
            branch
                .trim()
                .lines()
                .map(str::trim)
                .filter(|line| !line.starts_with("ORDER BY"))
                .map(str::to_owned)
                .collect()
        };
        assert_eq!(conditions(forward), conditions(backward), "{name}");
        count += 1;
    }
    assert!(count >= 9);
}

#[test]
fn a_recipe_recommends_the_same_by_itself_and_on_a_home_page() {
    let trimmed = |text: &str| split(text).1.lines().map(str::trim).collect::<Vec<_>>().join("\n");
    let all = statements();
    let (_, items) = all.iter().find(|(name, _)| name == "home/items.cypher").expect("the rails");
    let items = trimmed(items);
    let recipes: Vec<_> = all.iter().filter(|(name, _)| name.starts_with("recommendations/")).collect();
    assert!(recipes.len() >= 2);
    for (name, text) in recipes {
        let recipe = trimmed(text);
        let (recipe, _) = recipe.rsplit_once("\nRETURN ").expect("columns");
        assert!(items.contains(recipe), "home/items.cypher has another {name}");
    }
}

#[test]
fn statements_follow_the_conventions() {
    for (name, text) in statements() {
        let (_, body) = split(&text);
        assert!(
            body.lines().all(|line| line.trim_end() == line && line.len() <= 130),
            "{name}: long lines or trailing spaces"
        );
        assert!(!body.contains("*]") && !body.contains("..]-"), "{name}: a path without an upper bound");
        for keyword in ["match", "where", "return", "unwind", "optional match", "merge", "order by"] {
            let lower = body.lines().find(|line| line.trim_start().starts_with(&format!("{keyword} ")));
            assert_eq!(lower, None, "{name}: keywords are in capitals");
        }
    }
}

#[derive(Deserialize)]
struct Known {
    #[serde(rename = "known")]
    _known: i64,
}

/// What decides whether the graph may be written to looks at all of a label; it asks when a graph begins, and what it counts
/// then are few.
const LOOK_AT_ALL: [&str; 2] = ["generate/holdings.cypher", "seed/is_empty.cypher"];

#[tokio::test]
async fn every_statement_is_planned_without_warnings_and_scans() {
    let app = TestApp::get().await;
    app.in_graph(|graph| async move {
        for statement in BEYOND_THE_SAMPLE {
            graph.write::<Known>(Statement::new("tests/known", statement)).await.unwrap();
        }
    })
    .await;
    let mut wrong = Vec::new();
    for (name, text) in statements() {
        let plan = app.plan(&text).await;
        let bad = ["AllNodesScan", "CartesianProduct"].into_iter();
        let bad: Vec<_> = bad.chain((!LOOK_AT_ALL.contains(&&*name)).then_some("NodeByLabelScan")).collect();
        for bad in plan.operators.iter().filter(|operator| bad.contains(&operator.as_str())) {
            wrong.push(format!("{name}: {bad}"));
        }
        // A page of a long list comes in order from an index; only the page itself is sorted once more.
        if text.contains("UNWIND $backward AS key") {
            let count =
                |names: &[&str]| plan.operators.iter().filter(|operator| names.contains(&operator.as_str())).count();
            if count(&["Top", "PartialTop", "NodeByLabelScan"]) > 0 || count(&["Sort", "PartialSort"]) > 1 {
                wrong.push(format!("{name}: its order does not come from an index: {:?}", plan.operators));
            }
        }
        wrong.extend(plan.warnings.iter().map(|warning| format!("{name}: {warning}")));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
