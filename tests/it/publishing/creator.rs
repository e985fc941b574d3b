use serde_json::{Value, json};

use crate::assets::desk::{Desk, File};
use crate::support::{Client, Sibling, TestApp, input_type};

/// What is asked of a page.
const PAGE: &str = "id kind version state fields {
    slug title shortDescription longDescription active archived position season number tagIds assets { role assetId }
    links { label url } credits { personId role character } franchiseId seriesId releaseDate
} live { title slug } changes { field before after } textCounts { field used limit remaining }";

/// An editor with a desk.
pub(crate) struct Creator {
    pub(crate) desk: Desk,
    pub(crate) editor: Client,
    pub(crate) tenant: String,
    pub(crate) slug: String,
}

/// A franchise with a series and episodes, all published.
pub(crate) struct Shelf {
    pub(crate) franchise: String,
    pub(crate) series: String,
    pub(crate) episodes: Vec<String>,
}

impl Shelf {
    pub(crate) fn all(&self) -> Vec<String> {
        [vec![self.franchise.clone(), self.series.clone()], self.episodes.clone()].concat()
    }
}

impl Creator {
    pub(crate) async fn new(app: &'static TestApp) -> Self {
        let desk = Desk::open(app).await;
        let query = format!(r#"{{ administration(tenantId: "{}") {{ tenant {{ slug }} }} }}"#, desk.tenant);
        let slug = desk.owner.query(&query).await.data()["administration"]["tenant"]["slug"].clone();
        Self { editor: desk.editor.clone(), tenant: desk.tenant.clone(), slug: slug.as_str().unwrap().to_owned(), desk }
    }

    /// The same creator, at another server.
    pub(crate) fn at(self, server: &Sibling) -> Self {
        Self { editor: self.editor.at(&server.base), desk: self.desk.at(server), ..self }
    }

    /// The payload of a change of a page.
    pub(crate) async fn change(&self, mutation: &str, input: Value) -> Value {
        change(&self.editor, mutation, input).await
    }

    /// The page that came of a change.
    pub(crate) async fn changed(&self, mutation: &str, input: Value) -> Value {
        let payload = self.change(mutation, input).await;
        assert_eq!(payload["userErrors"], json!([]), "{mutation}: {payload:#}");
        payload["page"].clone()
    }

    pub(crate) async fn creates(&self, kind: &str, slug: &str, own: Value) -> String {
        let mut input = json!({"tenantId": self.tenant, "slug": slug, "title": format!("The {kind} {slug}")});
        for (name, value) in own.as_object().unwrap() {
            input[name] = value.clone();
        }
        self.changed(&format!("create{kind}"), input).await["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn page(&self, id: &str) -> Value {
        let query = format!("query($id: ID!) {{ page(id: $id) {{ {PAGE} }} }}");
        self.editor.send(&query, json!({"id": id})).await.data()["page"].clone()
    }

    /// Changes a page as it is now.
    pub(crate) async fn edits(&self, id: &str, change: Value) -> Value {
        let page = self.page(id).await;
        let mut input = json!({"id": id, "expectedVersion": page["version"]});
        for (name, value) in change.as_object().unwrap() {
            input[name] = value.clone();
        }
        let kind = match page["kind"].as_str().unwrap() {
            "FRANCHISE" => "Franchise",
            "SERIES" => "Series",
            _ => "Episode",
        };
        self.changed(&format!("update{kind}"), input).await
    }

    pub(crate) async fn release(&self, mutation: &str, mut input: Value) -> Value {
        input["tenantId"] = json!(self.tenant);
        let kind = match mutation {
            "publish" => "PublishInput",
            "unpublish" => "UnpublishInput",
            _ => "RevertReleaseInput",
        };
        let text = format!(
            "mutation($input: {kind}!) {{ {mutation}(input: $input) {{
                release {{ id number kind note pageCount reverts createdBy {{ id }} }}
                problems {{ pageId field code blocking title }} userErrors {{ field code message }} }} }}"
        );
        self.editor.send(&text, json!({"input": input})).await.data()[mutation].clone()
    }

    /// The number of the release that came of it.
    pub(crate) async fn released(&self, mutation: &str, input: Value) -> i64 {
        let payload = self.release(mutation, input).await;
        assert_eq!(payload["userErrors"], json!([]), "{payload:#}");
        payload["release"]["number"].as_i64().unwrap()
    }

    pub(crate) async fn pending(&self) -> Value {
        let query = "query($tenant: ID!) { pendingChanges(tenantId: $tenant) {
            count pages { nodes { id fields { title } changes { field before after } } } } }";
        self.editor.send(query, json!({"tenant": self.tenant})).await.data()["pendingChanges"].clone()
    }

    pub(crate) async fn preflight(&self, ids: Option<&[String]>) -> Value {
        let query = "query($tenant: ID!, $ids: [ID!]) { publishPreflight(tenantId: $tenant, ids: $ids) {
            pageCount ready problems { pageId field code blocking message } } }";
        let answer = self.editor.send(query, json!({"tenant": self.tenant, "ids": ids})).await;
        answer.data()["publishPreflight"].clone()
    }

    /// The id of a file that was uploaded.
    pub(crate) async fn uploads(&self, file: &File) -> String {
        let done = self.desk.upload(file).await;
        assert_eq!(done["asset"]["state"], "READY", "{done}");
        done["asset"]["id"].as_str().unwrap().to_owned()
    }

    /// Publishes a franchise with a series and two episodes.
    pub(crate) async fn opens(&self, name: &str) -> Shelf {
        let picture = self.uploads(&File::picture(30, 45)).await;
        let film = include_bytes!("../../../seed/media/pilot.mp4").to_vec();
        let film = self.uploads(&File::new("VIDEO", "video/mp4", film)).await;
        let poster = json!({"assets": [{"role": "POSTER", "assetId": picture}]});
        let video = json!({"assets": [{"role": "VIDEO", "assetId": film}, {"role": "THUMBNAIL", "assetId": picture}]});
        let franchise = self.creates("Franchise", name, json!({"fields": poster})).await;
        let own = json!({"franchiseId": franchise, "fields": poster});
        let series = self.creates("Series", &format!("{name}-series"), own).await;
        let mut episodes = Vec::new();
        for number in 1..=3 {
            let own = json!({"seriesId": series, "season": 1, "number": number, "durationMs": 60_000, "fields": video});
            episodes.push(self.creates("Episode", &format!("{name}-{number}"), own).await);
        }
        let opened = Shelf { franchise, series, episodes };
        self.released("publish", json!({"ids": opened.all()})).await;
        opened
    }
}

pub(crate) async fn change(editor: &Client, mutation: &str, input: Value) -> Value {
    let kind = input_type(if mutation == "restorePage" { "archivePage" } else { mutation });
    let text = format!(
        "mutation($input: {kind}!) {{ {mutation}(input: $input) {{
            page {{ {PAGE} }} userErrors {{ field code message }}
            conflict {{ version yours {{ field before after }} theirs {{ field before after }} }} }} }}"
    );
    editor.send(&text, json!({"input": input})).await.data()[mutation].clone()
}

/// The titles of pages as viewers see them, by a query of several levels; null where there is nothing to see.
pub(crate) async fn seen(viewer: &Client, shelf: &Shelf) -> Vec<Value> {
    let query = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Content { title } } }";
    let answer = viewer.send(query, json!({"ids": shelf.all()})).await;
    answer.data()["nodes"].as_array().unwrap().iter().map(|node| node["title"].clone()).collect()
}
