//! Catalogues as files: all of one comes in as drafts, or nothing of it.

use std::fmt::Write;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use super::creator::Creator;
use crate::assets::desk::File;
use crate::support::{SeekaProcess, TestApp, codes, data_folder};

/// How often an import is killed, and how many pages each has.
const KILLS: usize = 20;
const KILLED_PAGES: usize = 302;
/// How many pages a statement of an import writes; a file with more takes several.
const CHUNK: usize = 500;

/// A franchise with a series of so many episodes, as CSV.
fn catalogue(name: &str, episodes: usize) -> String {
    let mut file = format!(
        "type,slug,parent,title,season,number,releaseDate\nFRANCHISE,{name},,The {name},,,\nSERIES,{name}-s,{name},A series,,,\n"
    );
    for n in 1..=episodes {
        writeln!(file, "EPISODE,{name}-{n},{name}-s,Episode {n},1,{n},2026-01-01").unwrap();
    }
    file
}

async fn import(creator: &Creator, content_type: &'static str, file: &str, dry_run: bool) -> Value {
    let asset = creator.uploads(&File::new("DATA", content_type, file.as_bytes().to_vec())).await;
    import_asset(creator, &asset, dry_run).await
}

async fn import_asset(creator: &Creator, asset: &str, dry_run: bool) -> Value {
    let text = "mutation($input: ImportCatalogInput!) { importCatalog(input: $input) {
        import { created changed unchanged } problems { line column code } userErrors { field code } } }";
    let input = json!({"tenantId": creator.tenant, "assetId": asset, "dryRun": dry_run});
    creator.editor.send(text, json!({"input": input})).await.data()["importCatalog"].clone()
}

fn counts(created: usize, changed: usize, unchanged: usize) -> Value {
    json!({"created": created, "changed": changed, "unchanged": unchanged})
}

async fn export(creator: &Creator, format: &str) -> String {
    let text = format!(
        r#"mutation {{ exportCatalog(input: {{tenantId: "{}", format: {format}}}) {{
            export {{ url pages }} userErrors {{ code }} }} }}"#,
        creator.tenant
    );
    let payload = creator.editor.query(&text).await.data()["exportCatalog"].clone();
    assert_eq!(payload["userErrors"], json!([]), "{payload}");
    let url = payload["export"]["url"].as_str().unwrap().to_owned();
    reqwest::get(url).await.unwrap().text().await.unwrap()
}

async fn pages(creator: &Creator, kind: &str) -> Vec<Value> {
    let query = format!(
        r#"{{ pages(tenantId: "{}", kind: {kind}, first: 100) {{ nodes {{ id state fields {{
            slug title shortDescription active franchiseType position season number durationMs releaseDate tagIds
            franchiseId seriesId credits {{ personId role character }} links {{ label url }} }} }} }} }}"#,
        creator.tenant
    );
    creator.editor.query(&query).await.data()["pages"]["nodes"].as_array().unwrap().clone()
}

/// The slug and the id of a word of the vocabulary.
async fn word(creator: &Creator, mutation: &str, what: &str, slug: &str) -> (String, Value) {
    let slug = format!("{slug}-{}", creator.slug);
    let selection = format!("{what} {{ id slug }} userErrors {{ code }}");
    let input = json!({"tenantId": creator.tenant, "slug": slug, "name": "Somebody or something"});
    let made = creator.editor.mutate(mutation, &selection, input).await.data()[mutation][what].clone();
    (made["slug"].as_str().unwrap().to_owned(), made["id"].clone())
}

#[tokio::test]
async fn a_catalogue_comes_in_as_drafts_and_goes_out_again() {
    let app = TestApp::get().await;
    let creator = Creator::new(app).await;
    let (tag, tag_id) = word(&creator, "createTag", "tag", "slow").await;
    let (person, person_id) = word(&creator, "createPerson", "person", "ada").await;
    let file = format!(
        "type,slug,parent,title,shortDescription,season,number,durationMs,releaseDate,tags,credits,links\n\
         EPISODE,pilot,the-shed,Pilot,\"Two\nlines\",1,1,600000,2026-11-24,{tag},{person}:ACTOR:The neighbour,\n\
         SERIES,the-shed,shed,The Shed,,,,,,,,\n\
         FRANCHISE,shed,,Shed,,,,,,{tag},,Our page:https://example.org/shed\n\
         SERIES,more,shed,More of it,,,,,,,,\n"
    );
    let rehearsed = import(&creator, "text/csv", &file, true).await;
    assert_eq!((&rehearsed["import"], &rehearsed["userErrors"]), (&counts(4, 0, 0), &json!([])), "{rehearsed}");
    assert_eq!(creator.pending().await["count"], 0);
    let done = import(&creator, "text/csv", &file, false).await;
    assert_eq!(done["import"], counts(4, 0, 0), "{done}");
    assert_eq!(creator.pending().await["count"], 4);

    let (franchises, series, episodes) =
        (pages(&creator, "FRANCHISE").await, pages(&creator, "SERIES").await, pages(&creator, "EPISODE").await);
    let fields = &franchises[0]["fields"];
    assert_eq!((&fields["active"], &fields["franchiseType"]), (&json!(true), &json!("SERIES")));
    assert_eq!((&fields["tagIds"], &fields["links"][0]["label"]), (&json!([tag_id]), &json!("Our page")));
    assert!(series.iter().all(|page| page["fields"]["franchiseId"] == franchises[0]["id"]));
    let places: Vec<_> = series.iter().map(|page| (&page["fields"]["slug"], &page["fields"]["position"])).collect();
    assert_eq!(places, [(&json!("more"), &json!(2)), (&json!("the-shed"), &json!(1))]);
    let fields = &episodes[0]["fields"];
    assert_eq!((&fields["seriesId"], &fields["shortDescription"]), (&series[1]["id"], &json!("Two\nlines")));
    let credit = json!([{"personId": person_id, "role": "ACTOR", "character": "The neighbour"}]);
    assert_eq!((&fields["credits"], &fields["releaseDate"]), (&credit, &json!("2026-11-24")));

    // The same again is nothing new, in either format, also when it comes from an export.
    assert_eq!(import(&creator, "text/csv", &file, false).await["import"], counts(0, 0, 4));
    let (csv, list) = (export(&creator, "CSV").await, export(&creator, "JSON").await);
    assert_eq!(csv.lines().next().unwrap().split(',').next(), Some("type"));
    assert_eq!(import(&creator, "text/csv", &csv, false).await["import"], counts(0, 0, 4));
    assert_eq!(import(&creator, "application/json", &list, false).await["import"], counts(0, 0, 4));
    let slugs: Vec<Value> =
        serde_json::from_str::<Vec<Value>>(&list).unwrap().iter().map(|it| it["slug"].clone()).collect();
    assert_eq!(slugs, ["shed", "the-shed", "more", "pilot"], "from the top down, in their order");

    // What the file does not say stays, and what is published does not change for viewers.
    creator.edits(episodes[0]["id"].as_str().unwrap(), json!({"fields": {"longDescription": "At length."}})).await;
    let changed = import(&creator, "text/csv", &file.replace(",Pilot,", ",The pilot,"), false).await;
    assert_eq!(changed["import"], counts(0, 1, 3));
    let page = creator.page(episodes[0]["id"].as_str().unwrap()).await;
    assert_eq!(
        (&page["fields"]["title"], &page["fields"]["longDescription"]),
        (&json!("The pilot"), &json!("At length."))
    );

    // The command line does the same.
    let folder = PathBuf::from(data_folder("catalogues"));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("shed.csv");
    std::fs::write(&path, &file).unwrap();
    let (path, tenant) = (path.to_str().unwrap(), creator.slug.as_str());
    let arguments = ["import", path, "--tenant", tenant, "--log", "warn"];
    let (code, out, err) = SeekaProcess::run(&arguments, &app.neo4j()).await;
    assert_eq!((code, out.as_str(), err.as_str()), (Some(0), "0 pages are new, 1 are changed, 3 as they were\n", ""));
    let (code, out, _) =
        SeekaProcess::run(&["export", "--tenant", tenant, "--format", "json", "--log", "warn"], &app.neo4j()).await;
    assert_eq!(code, Some(0));
    assert_eq!(serde_json::from_str::<Vec<Value>>(&out).unwrap().len(), 4);
    std::fs::write(path, file.replace("FRANCHISE,shed", "FRANCHISE,SHED")).unwrap();
    let (code, out, err) = SeekaProcess::run(&arguments, &app.neo4j()).await;
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert!(err.contains(&format!("{path}:5: slug: ")) && err.contains("nothing was written"), "{err}");
}

#[tokio::test]
async fn everything_that_is_wrong_is_told_and_nothing_is_written() {
    let app = TestApp::get().await;
    let creator = Creator::new(app).await;
    let shelf = creator.opens("lamp").await;
    // The slug that viewers know leads to the page, so nobody else gets it.
    creator.edits(&shelf.series, json!({"slug": "other-lamp"})).await;
    let file = format!(
        "type,slug,parent,title,shortDescription,season,number,tags,credits\n\
         FRANCHISE,Good Slug,,F,,,,,\n\
         SERIES,lamp-series,lamp,Taken,,,,,\n\
         EPISODE,new,nowhere,E,{},1,1,nobody-tags-{slug},nobody-is-{slug}:ACTOR\n\
         EPISODE,newer,other-lamp,E,,1,1,,\n",
        "x".repeat(201),
        slug = creator.slug
    );
    let refused = import(&creator, "text/csv", &file, false).await;
    assert_eq!(codes(&refused), ["INVALID"], "{refused}");
    let told = refused["problems"].as_array().unwrap().iter();
    let told: Vec<_> = told
        .map(|it| {
            (it["line"].as_i64().unwrap(), it["column"].as_str().unwrap_or_default(), it["code"].as_str().unwrap())
        })
        .collect();
    let expected = [
        (2, "slug", "INVALID"),
        (3, "slug", "TAKEN"),
        (4, "parent", "MISSING_PARENT"),
        (4, "tags", "NOT_FOUND"),
        (4, "credits", "NOT_FOUND"),
        (4, "shortDescription", "TOO_LONG"),
    ];
    assert_eq!(told, expected);
    assert_eq!((&refused["import"], &creator.pending().await["count"]), (&json!(null), &json!(1)));

    // A plan has room for so many.
    let many = import(&creator, "text/csv", &catalogue("many", 1_000), false).await;
    assert_eq!(many["problems"][0]["code"], "LIMIT_REACHED", "{many}");
    assert_eq!(creator.pending().await["count"], 1);

    // Another tenant's file is none, and a picture is no catalogue.
    let other = Creator::new(app).await;
    let theirs = other.uploads(&File::new("DATA", "text/csv", catalogue("theirs", 1).into_bytes())).await;
    assert_eq!(codes(&import_asset(&creator, &theirs, false).await), ["NOT_FOUND"]);
    let picture = creator.uploads(&File::picture(3, 3)).await;
    assert_eq!(codes(&import_asset(&creator, &picture, false).await), ["WRONG_CONTENT_TYPE"]);
}

#[tokio::test]
async fn an_import_that_is_killed_writes_all_or_nothing() {
    let app = TestApp::get().await;
    let creator = Creator::new(app).await;
    let mut operator = crate::support::Member::register(&app.viewer(), "operator").await;
    crate::support::make_operator(app, &mut operator).await;
    let plan =
        "mutation($tenant: ID!) { setTenantPlan(input: {tenantId: $tenant, plan: NETWORK}) { userErrors { code } } }";
    let answer = operator.client.send(plan, json!({"tenant": creator.tenant})).await;
    assert_eq!(answer.data()["setTenantPlan"]["userErrors"], json!([]));
    let folder = PathBuf::from(data_folder("killed imports"));
    std::fs::create_dir_all(&folder).unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(20_261_129);
    let (mut done, mut slowest) = (0, 1_500);
    for kill in 0..KILLS {
        let path = folder.join(format!("{kill}.csv"));
        std::fs::write(&path, catalogue(&format!("k{kill}"), KILLED_PAGES - 2)).unwrap();
        let arguments = ["import", path.to_str().unwrap(), "--tenant", &creator.slug, "--log", "off"];
        let mut command = SeekaProcess::command(&arguments);
        let mut child =
            command.envs(app.neo4j()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("seeka runs");
        let pause = tokio::time::sleep(Duration::from_millis(rng.random_range(100..slowest)));
        let acknowledged = tokio::select! {
            () = pause => {
                child.kill().await.unwrap();
                false
            }
            code = child.wait() => code.unwrap().success(),
        };
        // What Neo4j was told to commit may take a moment to be there.
        let count = || async { creator.pending().await["count"].as_u64().unwrap() };
        tokio::time::sleep(Duration::from_millis(200)).await;
        let there = usize::try_from(count().await).unwrap();
        assert_eq!(there % KILLED_PAGES, 0, "a part of an import: {there} pages");
        assert!(there / KILLED_PAGES >= done + usize::from(acknowledged), "what was acknowledged is there");
        assert!(there / KILLED_PAGES <= done + 1);
        // As a machine is faster or slower, so are the kills.
        slowest = if there / KILLED_PAGES > done { slowest * 3 / 4 } else { (slowest * 5 / 4).min(10_000) };
        done = there / KILLED_PAGES;
    }
    println!("{done} of {KILLS} were done before the kill");
    assert!(0 < done && done < KILLS, "killed in the middle: {done}");
    // A file of several chunks is whole, too.
    let path = folder.join("large.csv");
    std::fs::write(&path, catalogue("large", 2 * CHUNK)).unwrap();
    let arguments = ["import", path.to_str().unwrap(), "--tenant", &creator.slug];
    let (code, out, err) = SeekaProcess::run(&arguments, &app.neo4j()).await;
    assert_eq!((code, out.as_str()), (Some(0), "1002 pages are new, 0 are changed, 0 as they were\n"), "{err}");
    assert!(err.contains("done=1002 of=1002"), "{err}");
}
