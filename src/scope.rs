//! Whose eyes the platform is seen with, and which part of it.
//!
//! A store reaches the graph through a [`Scope`] only, and the scope binds the tenant and the moment
//! to every statement: code that forgets the tenant has nothing to run a statement with.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use neo4rs::BoltType;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::auth::Viewer;
use crate::cypher;
use crate::error::{Error, Result};
use crate::graph::{Graph, Statement};
use crate::id::TenantId;
use crate::meter::Meter;
use crate::telemetry::Metrics;

/// The tenant that a request is confined to.
#[derive(Debug, Clone, Deserialize)]
pub struct ScopedTenant {
    /// Its id.
    pub id: TenantId,
    /// Its slug.
    pub slug: String,
}

/// What one request may read: who asks, within which tenant, at which moment.
#[derive(Clone)]
pub struct Scope {
    graph: Graph,
    viewer: Viewer,
    tenant: Option<ScopedTenant>,
    now: DateTime<Utc>,
    meter: Arc<Meter>,
}

impl Scope {
    /// The scope of a request that names no tenant: the public catalogue of all of them.
    #[must_use]
    pub fn platform(graph: Graph, viewer: Viewer, now: DateTime<Utc>) -> Self {
        Self { graph, viewer, tenant: None, now, meter: Arc::new(Meter::unlimited()) }
    }

    /// The scope of a request that names a tenant: nothing outside of it exists.
    ///
    /// # Errors
    /// `NOT_FOUND` when there is no such tenant, or none that may be seen.
    pub async fn tenant(graph: Graph, viewer: Viewer, now: DateTime<Utc>, slug: &str) -> Result<Self> {
        let statement = cypher!("platform/tenant_by_slug").bind("slug", slug);
        let tenant = graph.read::<ScopedTenant>(statement).await?.pop();
        let tenant = tenant.ok_or_else(|| Error::NotFound("there is no tenant with this slug".to_owned()))?;
        Ok(Self { tenant: Some(tenant), ..Self::platform(graph, viewer, now) })
    }

    /// The same scope, with what is looked up in it counted by `meter`.
    #[must_use]
    pub fn metered(self, meter: Arc<Meter>) -> Self {
        Self { meter, ..self }
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

    /// Runs a statement that only reads, with `$tenantId` and `$now` bound to this scope.
    ///
    /// # Errors
    /// As [`Graph::read`].
    pub async fn read<R: DeserializeOwned>(&self, statement: Statement) -> Result<Vec<R>> {
        let tenant = self.tenant.as_ref().map_or(BoltType::Null(neo4rs::BoltNull), |tenant| tenant.id.into());
        let statement = statement.bind("tenantId", tenant).bind("now", self.now);
        // Boxed for the same reason as batches are.
        Ok(Box::pin(self.graph.read(statement)).await?)
    }
}
