//! The schema is a contract and a manual.

use crate::support::TestApp;

#[test]
fn the_checked_in_schema_is_the_real_one() {
    let checked_in = include_str!("../../schema.graphql");
    assert!(checked_in == seeka::schema::sdl(), "schema.graphql is out of date: seeka schema > schema.graphql");
}

#[tokio::test]
async fn every_element_is_described() {
    let app = TestApp::get().await;
    let query = "{ __schema { types { name kind description
        fields(includeDeprecated: true) { name description args { name description } }
        inputFields { name description } enumValues(includeDeprecated: true) { name description } } } }";
    let answer = app.viewer().query(query).await;
    let mut bare = Vec::new();
    let is_bare =
        |element: &serde_json::Value| element["description"].as_str().is_none_or(|text| text.trim().is_empty());
    for kind in answer.data()["__schema"]["types"].as_array().unwrap() {
        let name = kind["name"].as_str().unwrap();
        // What the specification itself defines is described there.
        if name.starts_with("__") || name == "ID" {
            continue;
        }
        if is_bare(kind) {
            bare.push(name.to_owned());
        }
        for list in ["fields", "inputFields", "enumValues"] {
            for element in kind[list].as_array().into_iter().flatten() {
                let path = format!("{name}.{}", element["name"].as_str().unwrap());
                if is_bare(element) {
                    bare.push(path.clone());
                }
                for argument in element["args"].as_array().into_iter().flatten().filter(|argument| is_bare(argument)) {
                    // The input of a mutation is described by its type, which is made for it.
                    if name == "Mutation" && argument["name"] == "input" {
                        continue;
                    }
                    bare.push(format!("{path}({})", argument["name"].as_str().unwrap()));
                }
            }
        }
    }
    assert!(bare.is_empty(), "without a description: {bare:#?}");
}

#[tokio::test]
async fn every_example_of_graphiql_works() {
    let app = TestApp::get().await;
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/web/examples");
    let mut count = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let answer = app.viewer().query(&std::fs::read_to_string(&path).unwrap()).await;
        let data = answer.data().to_string();
        assert!(data.contains("title") || data.contains("name"), "{} shows nothing: {data}", path.display());
        count += 1;
    }
    assert!(count >= 5);
}
