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

#[tokio::test]
async fn a_profile_keeps_what_is_left_out_and_forgets_what_is_null() {
    let app = TestApp::get().await;
    let ada = Member::register(&app.viewer(), "ada").await;
    let links = json!([{"label": "Home", "url": "HTTPS://Ada.example"}, {"label": "Films", "url": "http://films.example/a b"}]);
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
    let input = json!({"displayName": "", "bio": "x".repeat(1_001), "links": links, "locale": "English", "handle": "a"});
    let refused = update(&ada.client, input).await;
    let errors: Vec<_> = refused["userErrors"].as_array().unwrap().iter().map(|error| (&error["field"], &error["code"])).collect();
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
    let query = "{ viewer { email locale version address { name country version } legalPerson { legalName dateOfBirth } } }";
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

    let answer = ada.client.send(ADDRESS, json!({"input": {}})).await;
    assert_eq!(answer.data()["updateAddress"]["viewer"]["address"], json!(null));
    for (mutation, name) in [(ADDRESS, "updateAddress"), (LEGAL_PERSON, "updateLegalPerson"), (UPDATE, "updateProfile")] {
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
