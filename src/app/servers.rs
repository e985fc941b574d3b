//! Neo4j and S3: those that are configured, or local ones.

use std::time::{Duration, Instant};

use super::StartFailure;
use super::graph_schema::apply_schema;
use crate::config::{Config, GraphSettings, LocalNeo4jLine, Secret};
use crate::graph::Graph;
use crate::local::{DataFolder, LocalNeo4j, LocalS3, Neo4jLine, Neo4jSettings, RunningNeo4j, StartError};
use crate::storage::{Storage, StorageSettings};

/// The bucket of the local S3 server.
const LOCAL_BUCKET: &str = "seeka";
/// How long a local Neo4j may take until it answers.
const LOCAL_NEO4J_START: Duration = Duration::from_mins(2);

/// The servers that run because none were configured.
#[derive(Default)]
pub struct Local {
    /// Neo4j.
    pub neo4j: Option<LocalNeo4j>,
    /// S3.
    pub s3: Option<LocalS3>,
    // Last, so that the folder is free only when nothing works in it any more.
    data: Option<DataFolder>,
}

impl Local {
    /// Stops what runs, in the order in which it is needed.
    pub async fn stop(self) {
        if let Some(neo4j) = self.neo4j {
            neo4j.stop().await;
        }
        if let Some(s3) = self.s3 {
            s3.stop().await;
        }
    }
}

/// Starts or reaches Neo4j and S3.
pub(super) async fn connect(config: &Config) -> Result<(Local, Graph, Storage), StartFailure> {
    let mut local = Local::default();
    if wants_local_neo4j(config) || wants_local_s3(config) {
        let data = DataFolder::open(&config.data)?;
        if wants_local_neo4j(config) {
            local.neo4j = Some(LocalNeo4j::start(&data, &neo4j_settings(config, &data)).await?);
        }
        if wants_local_s3(config) {
            local.s3 = Some(LocalS3::start(&data).await?);
        }
        local.data = Some(data);
    }
    let storage = Storage::new(storage_settings(config, local.s3.as_ref())?);
    if local.s3.is_some() {
        storage.ensure_bucket().await?;
    } else {
        storage.check().await?;
    }
    let graph = graph(config, local.neo4j.as_ref()).await?;
    Ok((local, graph, storage))
}

fn neo4j_settings(config: &Config, data: &DataFolder) -> Neo4jSettings {
    let neo4j = &config.neo4j;
    Neo4jSettings {
        line: match neo4j.local_neo4j {
            LocalNeo4jLine::Auto => None,
            LocalNeo4jLine::LongTerm => Some(Neo4jLine::LongTerm),
            LocalNeo4jLine::Current => Some(Neo4jLine::Current),
        },
        heap_mb: u32::try_from(neo4j.local_heap_mb).unwrap_or(u32::MAX),
        java_options: neo4j.local_java_options.split_whitespace().map(str::to_owned).collect(),
        page_cache_mb: u32::try_from(neo4j.local_page_cache_mb).unwrap_or(u32::MAX),
        servers: neo4j.servers.clone().unwrap_or_else(|| data.path().join("servers")),
        start_timeout: LOCAL_NEO4J_START,
    }
}

async fn graph(config: &Config, local: Option<&LocalNeo4j>) -> Result<Graph, StartFailure> {
    let settings = match (&config.neo4j.uri, local) {
        (Some(uri), _) => {
            let password = config.neo4j.password().ok_or(StartFailure::NoPassword)?;
            GraphSettings::new(&config.neo4j, uri.clone(), config.neo4j.user.clone(), password)
        }
        (None, local) => {
            let uri = local.map(LocalNeo4j::uri).unwrap_or_default();
            let user = local.map(LocalNeo4j::user).unwrap_or_default().to_owned();
            let password = local.map(LocalNeo4j::password).unwrap_or_default().to_owned();
            GraphSettings::new(&config.neo4j, uri, user, Secret::from(password))
        }
    };
    ready(settings).await
}

/// The graph at an address, once it answers.
async fn ready(settings: GraphSettings) -> Result<Graph, StartFailure> {
    let (uri, user) = (settings.uri.clone(), settings.user.clone());
    let graph = Graph::new(settings).map_err(|source| StartFailure::GraphAddress { uri: uri.clone(), source })?;
    let started = Instant::now();
    graph.wait_until_ready().await.map_err(|source| StartFailure::GraphUnreachable {
        uri,
        user,
        waited_ms: started.elapsed().as_millis(),
        source: Box::new(source),
    })?;
    Ok(graph)
}

fn storage_settings(config: &Config, local: Option<&LocalS3>) -> Result<StorageSettings, StartFailure> {
    let s3 = &config.s3;
    let settings = |endpoint, bucket, credentials| StorageSettings {
        endpoint,
        bucket,
        region: s3.aws_region.clone(),
        credentials,
        session_token: s3.session_token(),
        timeout: Duration::from_millis(s3.s3_timeout_ms),
        url_lifetime: Duration::from_secs(s3.asset_url_seconds),
        cdn: s3.cdn_url.clone(),
    };
    if let Some(local) = local {
        let credentials = (local.access_key().to_owned(), Secret::from(local.secret_key().to_owned()));
        return Ok(settings(Some(local.endpoint()), LOCAL_BUCKET.to_owned(), credentials));
    }
    let key_id = s3.access_key_id().ok_or(StartFailure::NoCredentials("AWS_ACCESS_KEY_ID"))?;
    let secret = s3.secret_access_key().ok_or(StartFailure::NoCredentials("AWS_SECRET_ACCESS_KEY"))?;
    let endpoint = s3.endpoint.as_ref().map(|endpoint| endpoint.as_str().trim_end_matches('/').to_owned());
    let bucket = s3.bucket.clone().unwrap_or_else(|| LOCAL_BUCKET.to_owned());
    Ok(settings(endpoint, bucket, (key_id, secret)))
}

/// Starts or reaches Neo4j alone, for commands that need no files, and applies the graph schema.
///
/// # Errors
/// The first thing that failed.
pub async fn open_graph(config: &Config) -> Result<(Local, Graph), StartFailure> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut local = Local::default();
    if wants_local_neo4j(config) {
        let data = DataFolder::open(&config.data)?;
        local.neo4j = Some(LocalNeo4j::start(&data, &neo4j_settings(config, &data)).await?);
        local.data = Some(data);
    }
    let graph = graph(config, local.neo4j.as_ref()).await?;
    apply_schema(&graph, Duration::from_millis(config.neo4j.startup_wait_ms)).await?;
    Ok((local, graph))
}

/// As [`open_graph`]; but where a running server has the data folder, the graph is reached beside it.
///
/// # Errors
/// The first thing that failed.
pub async fn join_graph(config: &Config) -> Result<(Local, Graph), StartFailure> {
    match Box::pin(open_graph(config)).await {
        Err(StartFailure::Local(in_use @ StartError::InUse { .. })) => {
            let running = RunningNeo4j::find(&config.data).await.ok_or(in_use)?;
            let password = Secret::from(running.password);
            let settings = GraphSettings::new(&config.neo4j, running.uri, RunningNeo4j::USER.to_owned(), password);
            // The server has applied the graph's schema.
            Ok((Local::default(), ready(settings).await?))
        }
        opened => opened,
    }
}

pub(super) fn wants_local_neo4j(config: &Config) -> bool {
    config.neo4j.uri.is_none()
}

pub(super) fn wants_local_s3(config: &Config) -> bool {
    config.s3.endpoint.is_none() && config.s3.bucket.is_none()
}
