//! Looks up the records that prove who owns a domain.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::RData;
use tokio::sync::Semaphore;
use tracing::{debug, warn};

use crate::error::{Error, Result};

/// How long one question to a name server may take.
const QUESTION_TIMEOUT: Duration = Duration::from_secs(2);
/// How often a question is asked.
const ATTEMPTS: usize = 2;
/// How long looking up a record may take, with everything that is asked for it.
const LOOKUP_TIMEOUT: Duration = Duration::from_secs(5);
/// The most records that are looked up at the same time.
const MAX_CONCURRENT_LOOKUPS: usize = 16;
/// The most records of one name that are looked at.
const MAX_RECORDS: usize = 100;

/// The way to the DNS. Cheap to clone.
#[derive(Clone)]
pub struct Dns {
    resolver: Option<TokioResolver>,
    turns: Arc<Semaphore>,
}

/// What the DNS says about a text that is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// It is there.
    Found,
    /// There is no such record, or it says something else.
    Absent,
    /// The servers of the domain did not answer as they should.
    Unclear,
}

impl Dns {
    /// Asks the name server at `server`, or those that the system is set to.
    #[must_use]
    pub fn new(server: Option<SocketAddr>) -> Self {
        let provider = TokioRuntimeProvider::default();
        let builder = match server {
            Some(server) => {
                let mut connections = vec![ConnectionConfig::udp(), ConnectionConfig::tcp()];
                connections.iter_mut().for_each(|connection| connection.port = server.port());
                let name_server = NameServerConfig::new(server.ip(), true, connections);
                Ok(TokioResolver::builder_with_config(ResolverConfig::from_name_servers(vec![name_server]), provider))
            }
            None => TokioResolver::builder(provider),
        };
        let resolver = builder.and_then(|mut builder| {
            let options = builder.options_mut();
            options.timeout = QUESTION_TIMEOUT;
            options.attempts = ATTEMPTS;
            // Whoever has just written a record shall not wait until an older answer is forgotten.
            options.cache_size = 0;
            builder.build()
        });
        let resolver = resolver.inspect_err(|error| warn!(%error, "domains cannot be verified; see SEEKA_DNS_SERVER"));
        Self { resolver: resolver.ok(), turns: Arc::new(Semaphore::new(MAX_CONCURRENT_LOOKUPS)) }
    }

    /// Whether a TXT record of `name` says `text` and nothing else.
    ///
    /// # Errors
    /// `SERVICE_UNAVAILABLE` when too many look something up, or there is no name server to ask.
    pub(super) async fn says(&self, name: &str, text: &str) -> Result<Answer> {
        let busy = || Error::Busy(Duration::from_secs(1));
        let (resolver, _turn) = (self.resolver.as_ref().ok_or_else(busy)?, self.turns.try_acquire().map_err(|_| busy())?);
        // With a dot at its end, no domain of the system is searched for it.
        let looking = resolver.txt_lookup(format!("{name}."));
        let lookup = match tokio::time::timeout(LOOKUP_TIMEOUT, looking).await {
            Ok(Ok(lookup)) => lookup,
            Ok(Err(error)) if error.is_no_records_found() || error.is_nx_domain() => return Ok(Answer::Absent),
            Ok(Err(error)) => {
                debug!(%error, "a record was not found");
                return Ok(Answer::Unclear);
            }
            Err(_) => return Ok(Answer::Unclear),
        };
        let found = lookup.answers().iter().take(MAX_RECORDS).any(|record| match &record.data {
            RData::TXT(record) => record.txt_data.concat() == text.as_bytes(),
            _ => false,
        });
        Ok(if found { Answer::Found } else { Answer::Absent })
    }
}
