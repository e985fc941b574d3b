use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use seeka::graph::Statement;
use seeka::id::{EpisodeId, FranchiseId, SeriesId};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::support::{Client, Sibling, Studio, TestApp};

const ASSET: &str = "id state kind bytes checksum width height durationMs videoCodec audioCodec inUse url blurhash
    refusal { code message } variants { width height url }";
const BEGIN: &str = "mutation($input: BeginAssetUploadInput!) { beginAssetUpload(input: $input) {
    upload { asset { id state } partCount partBytes put { url headers { name value } } } userErrors { field code message }
} }";

/// An editor of a tenant, with what they have uploaded.
pub(crate) struct Desk {
    app: &'static TestApp,
    pub(crate) tenant: String,
    pub(crate) slug: String,
    pub(crate) editor: Client,
    pub(crate) owner: Client,
    pub(crate) member: Client,
}

/// A file that somebody has.
pub(crate) struct File {
    pub(crate) kind: &'static str,
    pub(crate) content_type: &'static str,
    pub(crate) bytes: Vec<u8>,
}

impl File {
    pub(crate) fn new(kind: &'static str, content_type: &'static str, bytes: Vec<u8>) -> Self {
        Self { kind, content_type, bytes }
    }

    /// A picture in many colours.
    pub(crate) fn picture(width: u32, height: u32) -> Self {
        let picture = image::RgbImage::from_fn(width, height, |x, y| {
            image::Rgb([x, y, x * y].map(|number| number.to_le_bytes()[0]))
        });
        let mut bytes = Vec::new();
        picture.write_to(&mut std::io::Cursor::new(&mut bytes), image::ImageFormat::Png).unwrap();
        Self::new("IMAGE", "image/png", bytes)
    }

    /// A small picture that says more beside it than it shows, in a chunk that readers of PNG pass over.
    pub(crate) fn heavy_picture(length: usize) -> Self {
        let mut file = Self::picture(60, 90);
        let end = file.bytes.split_off(file.bytes.len() - 12);
        let mut chunk = b"prVt".to_vec();
        chunk.extend((0..length).map(|n| n.to_le_bytes()[0]));
        let mut sum = flate2::Crc::new();
        sum.update(&chunk);
        file.bytes.extend(u32::try_from(length).unwrap().to_be_bytes());
        file.bytes.extend(chunk);
        file.bytes.extend(sum.sum().to_be_bytes());
        file.bytes.extend(end);
        file
    }

    /// A film that is as long as it needs to be.
    pub(crate) fn film(length: usize) -> Self {
        let mut bytes = include_bytes!("../../../seed/media/pilot.mp4").to_vec();
        let padding = length - bytes.len();
        bytes.extend(u32::try_from(padding).unwrap().to_be_bytes());
        bytes.extend(b"free");
        bytes.extend((8..padding).map(|n| n.to_le_bytes()[0]));
        Self::new("VIDEO", "video/mp4", bytes)
    }

    pub(crate) fn checksum(&self) -> String {
        STANDARD.encode(Sha256::digest(&self.bytes))
    }
}

/// The codes of the user errors of a payload.
pub(crate) fn errors(payload: &Value) -> Vec<&str> {
    payload["userErrors"].as_array().unwrap().iter().map(|error| error["code"].as_str().unwrap()).collect()
}

impl Desk {
    pub(crate) async fn open(app: &'static TestApp) -> Self {
        let Studio { tenant, slug, editor, owner, member, .. } = Studio::open(app).await;
        Self { app, tenant, slug, editor: editor.client, owner: owner.client, member: member.client }
    }

    /// The same desk, at another server.
    pub(crate) fn at(self, server: &Sibling) -> Self {
        Self { editor: self.editor.at(&server.base), ..self }
    }

    /// The same desk, at the server that answers at this address.
    pub(crate) fn editor_at(&self, base: &str) -> Client {
        self.editor.at(base)
    }

    pub(crate) async fn begin_with(&self, file: &File, change: &Value) -> Value {
        let mut input = json!({
            "tenantId": self.tenant, "kind": file.kind, "fileName": "a file.png", "contentType": file.content_type,
            "bytes": file.bytes.len(), "checksum": file.checksum(),
        });
        for (name, value) in change.as_object().unwrap() {
            input[name] = value.clone();
        }
        self.editor.send(BEGIN, json!({"input": input})).await.data()["beginAssetUpload"].clone()
    }

    pub(crate) async fn begin(&self, file: &File) -> Value {
        let payload = self.begin_with(file, &json!({})).await;
        assert_eq!(payload["userErrors"], json!([]), "{payload}");
        payload["upload"].clone()
    }

    /// Sends bytes as a client does; what the S3 server says if it does not take them.
    pub(crate) async fn put(&self, put: &Value, bytes: &[u8]) -> Result<(), String> {
        let mut request = reqwest::Client::new().put(put["url"].as_str().unwrap()).body(bytes.to_vec());
        for header in put["headers"].as_array().map(Vec::as_slice).unwrap_or_default() {
            request = request.header(header["name"].as_str().unwrap(), header["value"].as_str().unwrap());
        }
        let response = request.send().await.map_err(|error| error.to_string())?;
        if response.status().is_success() { Ok(()) } else { Err(response.text().await.unwrap_or_default()) }
    }

    pub(crate) async fn complete(&self, id: &str) -> Value {
        complete(&self.editor, id).await
    }

    /// Uploads a file as a whole.
    pub(crate) async fn upload(&self, file: &File) -> Value {
        let begun = self.begin(file).await;
        self.put(&begun["put"], &file.bytes).await.unwrap();
        self.complete(begun["asset"]["id"].as_str().unwrap()).await
    }

    pub(crate) async fn call(&self, mutation: &str, id: &str) -> Value {
        let text = format!(
            "mutation($id: ID!) {{ result: {mutation}(input: {{assetId: $id}}) {{ assetId userErrors {{ code message }} }} }}"
        );
        self.editor.send(&text, json!({"id": id})).await.data()["result"].clone()
    }

    pub(crate) async fn asset(&self, id: &str) -> Value {
        let query = format!("query($id: ID!) {{ asset(id: $id) {{ {ASSET} }} }}");
        self.editor.send(&query, json!({"id": id})).await.data()["asset"].clone()
    }

    /// Whether there is such a file.
    pub(crate) async fn is_gone(&self, id: &str) -> bool {
        self.editor.send("query($id: ID!) { asset(id: $id) { id } }", json!({"id": id})).await.codes() == ["NOT_FOUND"]
    }

    /// Shows a file in an episode of its tenant that everybody sees; returns the id of the episode.
    pub(crate) async fn show(&self, id: &str, role: &'static str) -> String {
        let episode = EpisodeId::generate().to_string();
        let text = "MATCH (t:Tenant {id: $tenant}) MATCH (a:Asset {id: $ids[0]})
            WITH t, a, datetime() - duration('P1D') AS at
            CREATE (t)-[:OWNS]->(f:Franchise:Content {id: $ids[1], slug: $ids[1]})
            CREATE (f)-[:HAS_SERIES {position: 1}]->(s:Series:Content {id: $ids[2], slug: $ids[2]})
            CREATE (s)-[:HAS_EPISODE {season: 1, number: 1}]->(e:Episode:Content {id: $ids[3], slug: $ids[3]})
            CREATE (e)-[:HAS_ASSET {role: $ids[4]}]->(a)
            FOREACH (c IN [f, s, e] |
              SET c.tenantId = t.id, c.title = 'Shown', c.active = true, c.publishedAt = at, c.createdAt = at, c.version = 1)
            RETURN 1 AS n";
        let (franchise, series) = (FranchiseId::generate().to_string(), SeriesId::generate().to_string());
        let ids = vec![id.to_owned(), franchise, series, episode.clone(), role.to_owned()];
        let statement = Statement::new("tests/show", text).bind("ids", ids).bind("tenant", self.tenant.as_str());
        self.run(statement).await;
        episode
    }

    /// The bytes that viewers get.
    pub(crate) async fn fetch(&self, id: &str) -> Vec<u8> {
        let asset = self.asset(id).await;
        let response = reqwest::get(asset["url"].as_str().unwrap()).await.unwrap();
        assert_eq!(response.status(), 200);
        response.bytes().await.unwrap().to_vec()
    }

    /// Counts in the graph.
    pub(crate) async fn count(&self, text: &'static str, id: &str) -> i64 {
        let statement = Statement::new("tests/count", text).bind("id", id).bind("tenant", self.tenant.as_str());
        self.run(statement).await
    }

    async fn run(&self, statement: Statement) -> i64 {
        #[derive(Deserialize)]
        struct Row {
            n: i64,
        }
        let (sender, receiver) = tokio::sync::oneshot::channel();
        self.app
            .in_graph(|graph| async move {
                let rows = graph.write::<Row>(statement).await.unwrap();
                let _ = sender.send(rows.first().map_or(0, |row| row.n));
            })
            .await;
        receiver.await.unwrap()
    }
}

pub(crate) async fn complete(editor: &Client, id: &str) -> Value {
    let text = format!(
        "mutation($id: ID!) {{ completeAssetUpload(input: {{assetId: $id}}) {{
            asset {{ {ASSET} }} userErrors {{ field code message }} }} }}"
    );
    let mut payload = editor.send(&text, json!({"id": id})).await.data()["completeAssetUpload"].clone();
    for _ in 0..200 {
        if payload["asset"]["state"] != "CHECKING" {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        payload = editor.send(&text, json!({"id": id})).await.data()["completeAssetUpload"].clone();
    }
    payload
}
