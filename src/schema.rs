//! The GraphQL schema: the roots of all capabilities merged in one place.

use async_graphql::{EmptyMutation, EmptySubscription, MergedObject, Request};

use crate::catalog::{CatalogLoaders, CatalogQueries};
use crate::meter::Metering;
use crate::scope::Scope;
use crate::storage::Storage;
use crate::telemetry::{self, FieldSpans};

/// Everything that can be asked for.
#[derive(MergedObject, Default)]
pub struct Query(CatalogQueries);

/// The schema that the server executes.
pub type Schema = async_graphql::Schema<Query, EmptyMutation, EmptySubscription>;

/// Builds the schema. What belongs to one request (scope, loaders) is added to the request; its limits are
/// those of [`crate::operation`] and [`crate::meter`].
#[must_use]
pub fn build(storage: Storage) -> Schema {
    let schema = async_graphql::Schema::build(Query::default(), EmptyMutation, EmptySubscription)
        .extension(Metering)
        .data(storage);
    // Each extension costs an allocation for every field, so this one is there only when it is of use.
    let schema = if telemetry::exports_spans() { schema.extension(FieldSpans) } else { schema };
    schema.finish()
}

/// Gives a request what its resolvers look for: the scope, and fresh loaders of every capability.
#[must_use]
pub fn within(scope: Scope, request: Request) -> Request {
    request.data(CatalogLoaders::new(&scope)).data(scope)
}

/// The schema in the schema definition language: the content of `schema.graphql`.
#[must_use]
pub fn sdl() -> String {
    async_graphql::Schema::build(Query::default(), EmptyMutation, EmptySubscription).finish().sdl()
}
