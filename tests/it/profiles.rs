//! What people tell of themselves, and what only they see of it.

use serde_json::{Value, json};

use crate::support::{Client, Member, TestApp};

const UPDATE: &str = "mutation($input: UpdateProfileInput!) { updateProfile(input: $input) {
    viewer { locale historyVisibility version user { handle displayName bio links { label url } } }
    userErrors { field code message } clientMutationId
} }";

const ADDRESS: &str = "mutation($input: UpdateAddressInput!) { updateAddress(input: $input) {
    viewer { address { name lines postalCode locality region country version } } userErrors { field code }
} }";

const LEGAL_PERSON: &str = "mutation($input: UpdateLegalPersonInput!) { updateLegalPerson(input: $input) {
    viewer { legalPerson { legalName dateOfBirth nationality countryOfResidence taxId version } } userErrors { field code }
} }";

async fn update(client: &Client, input: Value) -> Value {
    client.send(UPDATE, json!({"input": input})).await.data()["updateProfile"].clone()
}

/// What the events say that somebody has changed, newest first.
async fn changes(client: &Client) -> Vec<String> {
    let query =
        "{ viewer { securityEvents(filter: {types: [PROFILE_UPDATED]}) { nodes { payload { name value } } } } }";
    let answer = client.query(query).await;
    let events = answer.data()["viewer"]["securityEvents"]["nodes"].as_array().unwrap().clone();
    let details = events.iter().flat_map(|event| event["payload"].as_array().unwrap());
    details.map(|detail| detail["value"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_profile_keeps_what_is_left_out_and_forgets_what_is_null() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let links =
        json!([{"label": "Home", "url": "HTTPS://Ada.example"}, {"label": "Films", "url": "http://films.example/a b"}]);
    let input = json!({"displayName": "Ada  Lovelace", "bio": "Writes.\n\nCounts.", "links": links, "locale": "pt-br",
        "historyVisibility": "FOLLOWERS", "expectedVersion": 1, "clientMutationId": "1"});
    let shown = [
        json!({"label": "Home", "url": "https://ada.example/"}),
        json!({"label": "Films", "url": "http://films.example/a%20b"}),
    ];
    let mut viewer = json!({"locale": "pt-BR", "historyVisibility": "FOLLOWERS", "version": 2, "user": {
        "handle": ada.handle, "displayName": "Ada  Lovelace", "bio": "Writes.\n\nCounts.", "links": shown}});
    let updated = update(&ada.client, input).await;
    assert_eq!(updated, json!({"viewer": viewer, "userErrors": [], "clientMutationId": "1"}));

    let updated = update(&ada.client, json!({"bio": null, "links": null, "displayName": "Ada"})).await;
    viewer["version"] = json!(3);
    viewer["user"] = json!({"handle": ada.handle, "displayName": "Ada", "bio": null, "links": []});
    assert_eq!(updated["viewer"], viewer);
    // Others see the same, but for what is private.
    let query = format!(r#"{{ user(handle: "{}") {{ handle displayName bio links {{ label url }} }} }}"#, ada.handle);
    assert_eq!(app.viewer().query(&query).await.data()["user"], viewer["user"]);
}

#[tokio::test]
async fn an_edit_of_an_old_version_changes_nothing() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    update(&ada.client, json!({"bio": "one"})).await;
    let stale = update(&ada.client, json!({"bio": "two", "expectedVersion": 1})).await;
    assert_eq!(stale["viewer"], json!(null));
    assert_eq!(stale["userErrors"][0]["code"], "STALE_VERSION");
    assert!(stale["userErrors"][0]["message"].as_str().unwrap().contains('2'), "{stale}");
    let now = update(&ada.client, json!({"expectedVersion": 2})).await;
    assert_eq!(now["viewer"]["user"]["bio"], "one");
    // Of many that expect the same version one is done.
    let edits = (0..8).map(|n| {
        let client = ada.client.clone();
        async move { update(&client, json!({"bio": n.to_string(), "expectedVersion": 3})).await }
    });
    let edits = futures::future::join_all(edits).await;
    assert_eq!(edits.iter().filter(|edit| edit["userErrors"] == json!([])).count(), 1, "{edits:?}");
}

#[tokio::test]
async fn all_that_is_wrong_with_a_profile_is_told_at_once() {
    let app = TestApp::get().await;
    let (ada, bob) = (Member::register(&app.viewer(), "ada").await, Member::register(&app.viewer(), "bob").await);
    let links = json!([{"label": "", "url": "javascript:alert(1)"}]);
    let input =
        json!({"displayName": "", "bio": "x".repeat(1_001), "links": links, "locale": "English", "handle": "a"});
    let refused = update(&ada.client, input).await;
    let errors: Vec<_> =
        refused["userErrors"].as_array().unwrap().iter().map(|error| (&error["field"], &error["code"])).collect();
    assert_eq!(
        errors,
        [
            (&json!(["input", "displayName"]), &json!("BLANK")),
            (&json!(["input", "handle"]), &json!("TOO_SHORT")),
            (&json!(["input", "bio"]), &json!("TOO_LONG")),
            (&json!(["input", "links", "0", "label"]), &json!("BLANK")),
            (&json!(["input", "links", "0", "url"]), &json!("INVALID")),
            (&json!(["input", "locale"]), &json!("INVALID")),
        ]
    );
    let eleven: Vec<_> = (0..11).map(|n| json!({"label": "a", "url": format!("https://a.example/{n}")})).collect();
    assert_eq!(update(&ada.client, json!({"links": eleven})).await["userErrors"][0]["code"], "LIMIT_REACHED");
    let taken = update(&ada.client, json!({"handle": bob.handle.to_uppercase(), "bio": "?"})).await;
    assert_eq!(taken["userErrors"][0]["code"], "TAKEN");
    assert_eq!(update(&ada.client, json!({})).await["viewer"]["user"]["bio"], json!(null));
    // A handle that is given up is free.
    let (old, new) = (ada.handle.clone(), format!("{}_2", ada.handle));
    assert_eq!(update(&ada.client, json!({"handle": new})).await["viewer"]["user"]["handle"], json!(new));
    assert_eq!(update(&bob.client, json!({"handle": old})).await["viewer"]["user"]["handle"], json!(old));
}

#[tokio::test]
async fn address_and_legal_person_are_for_their_owner() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let mut address = json!({"name": "Ada Lovelace", "lines": ["12 St James's Square", "Attic"], "postalCode": "SW1Y 4JH",
        "locality": "London", "region": null, "country": "gb"});
    let mut person = json!({"legalName": "Augusta Ada King", "dateOfBirth": "1915-12-10", "nationality": "GB",
        "countryOfResidence": "FR", "taxId": "12 345"});
    let input = |value: &Value, field: &str, version: i32| json!({"input": {field: value, "expectedVersion": version}});
    let answer = ada.client.send(ADDRESS, input(&address, "address", 0)).await;
    (address["country"], address["version"]) = (json!("GB"), json!(1));
    assert_eq!(answer.data()["updateAddress"], json!({"viewer": {"address": address}, "userErrors": []}));
    let answer = ada.client.send(LEGAL_PERSON, input(&person, "legalPerson", 0)).await;
    person["version"] = json!(1);
    assert_eq!(answer.data()["updateLegalPerson"], json!({"viewer": {"legalPerson": person}, "userErrors": []}));

    // Everything private is one statement together.
    let query =
        "{ viewer { email locale version address { name country version } legalPerson { legalName dateOfBirth } } }";
    let answer = ada.client.query(query).await;
    assert_eq!(answer.data()["viewer"]["address"]["name"], "Ada Lovelace");
    assert_eq!(answer.data()["viewer"]["legalPerson"]["dateOfBirth"], "1915-12-10");

    let stale = ada.client.send(ADDRESS, json!({"input": {"address": null, "expectedVersion": 0}})).await;
    assert_eq!(stale.data()["updateAddress"]["userErrors"][0]["code"], "STALE_VERSION");
    for (field, value) in [("country", json!("ZZ")), ("lines", json!([])), ("locality", json!(""))] {
        let mut wrong = address.clone();
        wrong.as_object_mut().unwrap().remove("version");
        wrong[field] = value;
        let answer = ada.client.send(ADDRESS, json!({"input": {"address": wrong}})).await;
        let error = &answer.data()["updateAddress"]["userErrors"][0];
        assert_eq!(error["field"], json!(["input", "address", field]), "{error}");
    }
    person.as_object_mut().unwrap().remove("version");
    person["dateOfBirth"] = json!("2999-01-01");
    let answer = ada.client.send(LEGAL_PERSON, json!({"input": {"legalPerson": person}})).await;
    assert_eq!(answer.data()["updateLegalPerson"]["userErrors"][0]["code"], "INVALID");

    for _ in 0..2 {
        let answer = ada.client.send(ADDRESS, json!({"input": {}})).await;
        assert_eq!(answer.data()["updateAddress"]["viewer"]["address"], json!(null));
    }
    // Each change is an event, which names what was changed and nothing more.
    assert_eq!(changes(&ada.client).await, [r#"["address"]"#, r#"["legalPerson"]"#, r#"["address"]"#]);
    for (mutation, name) in [(ADDRESS, "updateAddress"), (LEGAL_PERSON, "updateLegalPerson"), (UPDATE, "updateProfile")]
    {
        assert_eq!(app.viewer().send(mutation, json!({"input": {}})).await.codes(), ["UNAUTHENTICATED"], "{name}");
    }
}

#[tokio::test]
async fn a_user_is_a_node() {
    let app = TestApp::get().await;
    let (ada, bob) = (Member::register(&app.viewer(), "ada").await, Member::register(&app.viewer(), "bob").await);
    let query = format!(r#"{{ nodes(ids: ["{}", "{}"]) {{ id ... on User {{ handle }} }} }}"#, bob.id, ada.id);
    let (answer, statements) = app.operator().explain(&query).await;
    let nodes = json!([{"id": bob.id, "handle": bob.handle}, {"id": ada.id, "handle": ada.handle}]);
    assert_eq!(answer.data()["nodes"], nodes);
    assert_eq!(statements, ["catalog/nodes_by_ids"]);
}

const BEGIN: &str =
    "mutation($type: String!, $bytes: Int!) { beginAvatarUpload(input: {contentType: $type, bytes: $bytes}) {
    upload { assetId url urlExpiresAt contentType } userErrors { field code } } }";
const COMPLETE: &str = "mutation($id: ID!) { completeAvatarUpload(input: {assetId: $id}) {
    user { avatar { id role contentType bytes checksum url } } userErrors { field code } } }";

/// Uploads a file as the picture of somebody; returns the id of the asset.
async fn upload(client: &Client, kind: &str, file: &[u8]) -> String {
    let answer = client.send(BEGIN, json!({"type": kind, "bytes": file.len()})).await;
    let upload = &answer.data()["beginAvatarUpload"]["upload"];
    let put = reqwest::Client::new().put(upload["url"].as_str().unwrap()).header("content-type", kind);
    assert_eq!(put.body(file.to_vec()).send().await.unwrap().status(), 200);
    upload["assetId"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_picture_is_shown_when_it_is_one() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let picture = include_bytes!("../../seed/media/taller-ambar/la-ultima-hornada/poster.webp");
    let id = upload(&ada.client, "image/webp", picture).await;
    let shown = format!(r#"{{ user(handle: "{}") {{ avatar {{ id url }} }} }}"#, ada.handle);
    assert_eq!(app.viewer().query(&shown).await.data()["user"]["avatar"], json!(null), "not before it was looked at");
    let answer = ada.client.send(COMPLETE, json!({"id": id})).await;
    let avatar = &answer.data()["completeAvatarUpload"]["user"]["avatar"];
    assert_eq!((&avatar["id"], &avatar["role"]), (&json!(id), &json!("AVATAR")), "{:#}", answer.body);
    assert_eq!(avatar["bytes"].as_f64(), json!(picture.len()).as_f64());
    let answer = app.viewer().query(&shown).await;
    let url = answer.data()["user"]["avatar"]["url"].as_str().unwrap().to_owned();
    assert_eq!(reqwest::get(&url).await.unwrap().bytes().await.unwrap(), &picture[..]);

    // What is none stays out, and the picture that was there stays.
    let not_a_picture = upload(&ada.client, "image/png", b"<script>alert(1)</script>").await;
    let answer = ada.client.send(COMPLETE, json!({"id": not_a_picture})).await;
    assert_eq!(answer.data()["completeAvatarUpload"]["userErrors"][0]["code"], "INVALID");
    let answer = ada.client.send(BEGIN, json!({"type": "image/png", "bytes": 8})).await;
    let begun = answer.data()["beginAvatarUpload"]["upload"].clone();
    let answer = ada.client.send(COMPLETE, json!({"id": begun["assetId"]})).await;
    assert_eq!(answer.data()["completeAvatarUpload"]["userErrors"][0]["code"], "NOT_ALLOWED");
    // The address takes as many bytes as were announced, and no other kind of file.
    for (kind, file) in [("image/png", &b"\x89PNG\r\n\x1a\nmore"[..]), ("text/html", b"<script>")] {
        let put = reqwest::Client::new().put(begun["url"].as_str().unwrap()).header("content-type", kind);
        assert_eq!(put.body(file.to_vec()).send().await.unwrap().status(), 403, "{kind}");
    }
    // Nobody completes the upload of somebody else.
    let bob = Member::register(&app.viewer(), "bob").await;
    let answer = bob.client.send(COMPLETE, json!({"id": begun["assetId"]})).await;
    assert_eq!(answer.data()["completeAvatarUpload"]["userErrors"][0]["code"], "NOT_FOUND");
    for (kind, bytes, code) in
        [("image/gif", 5, "INVALID"), ("image/png", 0, "TOO_LONG"), ("image/png", 2_097_153, "TOO_LONG")]
    {
        let answer = ada.client.send(BEGIN, json!({"type": kind, "bytes": bytes})).await;
        assert_eq!(answer.data()["beginAvatarUpload"]["userErrors"][0]["code"], code);
    }
    assert_eq!(app.viewer().query(&shown).await.data()["user"]["avatar"]["id"], json!(id));

    let second = upload(&ada.client, "image/webp", picture).await;
    ada.client.send(COMPLETE, json!({"id": second})).await.data();
    assert_eq!(reqwest::get(&url).await.unwrap().status(), 404, "the one before is deleted");
    let answer =
        ada.client.query("mutation { removeAvatar(input: {}) { user { avatar { id } } userErrors { code } } }").await;
    assert_eq!(answer.data()["removeAvatar"], json!({"user": {"avatar": null}, "userErrors": []}));
    assert_eq!(changes(&ada.client).await, [r#"["avatar"]"#; 3], "two were shown and one was removed");
    assert_eq!(app.viewer().send(COMPLETE, json!({"id": second})).await.codes(), ["UNAUTHENTICATED"]);
}

#[tokio::test]
async fn an_upload_that_nobody_completes_is_overwritten_by_the_next() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let mut begun = Vec::new();
    for _ in 0..2 {
        let answer = ada.client.send(BEGIN, json!({"type": "image/png", "bytes": 8})).await;
        begun.push(answer.data()["beginAvatarUpload"]["upload"].clone());
    }
    let place = |upload: &Value| upload["url"].as_str().unwrap().split('?').next().unwrap().to_owned();
    assert_eq!(place(&begun[0]), place(&begun[1]));
    let answer = ada.client.send(COMPLETE, json!({"id": begun[0]["assetId"]})).await;
    assert_eq!(answer.data()["completeAvatarUpload"]["userErrors"][0]["code"], "NOT_FOUND", "it was given up");
}
