//! Whose eyes the platform is seen with, and which part of it.
//!
//! A store reaches the graph through a [`Scope`] only, and the scope binds the tenant and the moment
//! to every statement: code that forgets the tenant has nothing to run a statement with.

mod tenant;

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use axum::http::HeaderMap;
use chrono::{DateTime, Utc};
use neo4rs::BoltType;
use serde::Deserialize;
use serde::de::DeserializeOwned;

pub use tenant::{Admin, Analyst, AtLeast, Editor, Member, Owner, TenantRole, TenantScope};

use crate::auth::{PlatformRole, SignedIn, SignedInBy, Viewer};
use crate::correlation::correlation_id;
use crate::cypher;
use crate::error::{Error, Result, session_ended};
use crate::graph::{Graph, GraphError, InTransaction, Statement, StatementLog};
use crate::id::TenantId;
use crate::meter::Meter;
use crate::telemetry::Metrics;

/// The tenant that a request is confined to.
#[derive(Debug, Clone)]
pub struct ScopedTenant {
    /// Its id.
    pub id: TenantId,
    /// Its slug.
    pub slug: String,
}

/// Where a request comes from, as far as it is known.
#[derive(Debug, Clone)]
pub struct Client {
    /// The client's address.
    pub address: IpAddr,
    /// What the program at the other end calls itself, cut to a readable length.
    pub user_agent: Option<String>,
}

impl Client {
    /// A request that comes from this process.
    pub const SELF: Self = Self { address: IpAddr::V4(Ipv4Addr::LOCALHOST), user_agent: None };
}

/// What one request may reach: who asks, within which tenant, at which moment.
#[derive(Clone)]
pub struct Scope {
    graph: Graph,
    viewer: Viewer,
    tenant: Option<ScopedTenant>,
    now: DateTime<Utc>,
    client: Arc<Client>,
    meter: Arc<Meter>,
    /// Where it reads, if that is not what is committed.
    preview: Option<InTransaction>,
}

impl Scope {
    /// The scope of a request that names no tenant: the public catalogue of all of them.
    #[must_use]
    pub fn platform(graph: Graph, viewer: Viewer, now: DateTime<Utc>) -> Self {
        let (client, meter) = (Arc::new(Client::SELF), Arc::new(Meter::unlimited()));
        Self { graph, viewer, tenant: None, now, client, meter, preview: None }
    }

    /// The scope of what the server does by itself, whose statements and events carry a correlation id of their own.
    #[must_use]
    pub fn of_server(graph: &Graph, now: DateTime<Utc>) -> Self {
        let log = Arc::new(StatementLog::new(correlation_id(&HeaderMap::new())));
        Self::platform(graph.logging_to(log), Viewer::Anonymous, now)
    }

    /// The same scope, for a request that comes from `client`.
    #[must_use]
    pub fn from_client(self, client: Arc<Client>) -> Self {
        Self { client, ..self }
    }

    /// The same scope, once the graph has confirmed the viewer: the account is there, the session has not been
    /// ended, and these are the roles of now. Writing waits for that; reading trusts the token for its few minutes.
    /// An access token has been confirmed with the request already; the roles that it carries are for reading.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` when the token does not stand for anybody any more.
    pub async fn confirmed(mut self) -> Result<Self> {
        #[derive(Deserialize)]
        struct Row {
            roles: Vec<PlatformRole>,
        }
        if let Viewer::User(user @ SignedIn { by: SignedInBy::AccessToken { .. }, .. }) = &mut self.viewer {
            user.roles.clear();
        } else if self.viewer != Viewer::Anonymous {
            let row = self.read::<Row>(cypher!("platform/viewer")).await?.pop();
            let Row { roles } = row.ok_or_else(session_ended)?;
            if let Viewer::User(user) = &mut self.viewer {
                user.roles = roles;
            }
        }
        Ok(self)
    }

    /// The same scope for reading what only operators see: it is shown to operators of now, and not of when the token
    /// was made. The roles that an access token carries were looked up with the request.
    ///
    /// # Errors
    /// As [`Scope::confirmed`] and [`Viewer::operator`].
    pub async fn of_operator(self) -> Result<Self> {
        let is_program = self.viewer.signed_in()?.access_token().is_some();
        let scope = if is_program { self } else { self.confirmed().await? };
        scope.viewer.operator()?;
        Ok(scope)
    }

    /// The scope of a request that names a tenant: nothing outside of it exists.
    ///
    /// # Errors
    /// `NOT_FOUND` when there is no such tenant, or none that may be seen; `FORBIDDEN` for members of one that is
    /// suspended.
    pub async fn tenant(graph: Graph, viewer: Viewer, now: DateTime<Utc>, slug: &str) -> Result<Self> {
        #[derive(Deserialize)]
        struct Row {
            id: TenantId,
            slug: String,
            suspended: bool,
        }
        let user = viewer.signed_in().ok().map(|user| user.id);
        let statement = cypher!("platform/tenant_by_slug").bind("slug", slug).bind("viewerId", or_null(user));
        let row = graph.read::<Row>(statement).await?.pop();
        let row = row.ok_or_else(|| Error::NotFound("there is no tenant with this slug".to_owned()))?;
        if row.suspended {
            return Err(tenant::SUSPENDED);
        }
        let tenant = ScopedTenant { id: row.id, slug: row.slug };
        Ok(Self { tenant: Some(tenant), ..Self::platform(graph, viewer, now) })
    }

    /// The same scope, with what is looked up in it counted by `meter`.
    #[must_use]
    pub fn metered(self, meter: Arc<Meter>) -> Self {
        Self { meter, ..self }
    }

    /// The same scope, reading what would be there if a transaction were committed.
    #[must_use]
    pub fn previewing(self, preview: InTransaction) -> Self {
        Self { preview: Some(preview), ..self }
    }

    /// For what takes the locks of a release itself, and would wait for those that its own preview holds.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` in a preview.
    pub fn outside_of_previews(&self) -> Result<()> {
        match self.preview {
            None => Ok(()),
            Some(_) => Err(Error::BadUserInput("a preview does not answer this; ask for it without one".to_owned())),
        }
    }

    /// What counts the lookups of the request.
    #[must_use]
    pub fn meter(&self) -> &Meter {
        &self.meter
    }

    /// The metrics of the process.
    pub(crate) fn metrics(&self) -> &Metrics {
        self.graph.metrics()
    }

    /// Who asks.
    #[must_use]
    pub fn viewer(&self) -> &Viewer {
        &self.viewer
    }

    /// The tenant that the request is confined to, if it is.
    #[must_use]
    pub fn confined_to(&self) -> Option<&ScopedTenant> {
        self.tenant.as_ref()
    }

    /// The moment of the request: what is published later is not there yet.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Where the request comes from.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// What stands in the log of the request, in its events and in its errors.
    #[must_use]
    pub fn correlation_id(&self) -> &str {
        self.graph.correlation_id()
    }

    /// Runs a statement that only reads, with `$tenantId`, `$viewerId`, `$sessionId` and `$now` bound to this scope.
    ///
    /// # Errors
    /// As [`Graph::read`].
    pub async fn read<R: DeserializeOwned>(&self, statement: Statement) -> Result<Vec<R>> {
        let tenant = self.tenant.as_ref().map(|tenant| tenant.id);
        let statement = self.bound(statement, tenant);
        // Boxed for the same reason as batches are.
        match &self.preview {
            None => Ok(Box::pin(self.graph.read(statement)).await?),
            Some(preview) => Ok(Box::pin(preview.read(statement)).await?),
        }
    }

    /// Runs a statement that writes, as a transaction of its own, with the same bound to this scope.
    ///
    /// # Errors
    /// As [`Graph::write`]; see [`GraphError::is_taken`] for what is not unique.
    pub async fn write<R: DeserializeOwned>(&self, statement: Statement) -> Result<Vec<R>, GraphError> {
        let tenant = self.tenant.as_ref().map(|tenant| tenant.id);
        Box::pin(self.graph.write(self.bound(statement, tenant))).await
    }

    fn bound(&self, statement: Statement, tenant: Option<TenantId>) -> Statement {
        let user = self.viewer.signed_in().ok();
        statement
            .bind("tenantId", or_null(tenant))
            .bind("viewerId", or_null(user.map(|user| user.id)))
            .bind("sessionId", or_null(user.and_then(SignedIn::session)))
            .bind("now", self.now)
    }
}

/// A value for a parameter that may be null.
pub(crate) fn or_null(value: Option<impl Into<BoltType>>) -> BoltType {
    value.map_or(BoltType::Null(neo4rs::BoltNull), Into::into)
}
