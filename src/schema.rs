//! The GraphQL schema: the roots of all capabilities merged in one place.

use async_graphql::{EmptyMutation, EmptySubscription, MergedObject, Request};

use crate::catalog::{CatalogLoaders, CatalogQueries};
use crate::meter::Metering;
use crate::scope::Scope;
use crate::storage::Storage;

/// Everything that can be asked for.
#[derive(MergedObject, Default)]
pub struct Query(CatalogQueries);

/// The schema that the server executes.
pub type Schema = async_graphql::Schema<Query, EmptyMutation, EmptySubscription>;

/// Builds the schema. Its limits are those of [`crate::operation`] and [`crate::meter`]. What belongs to one request (scope, loaders) is added to the request.
#[must_use]
pub fn build(storage: Storage) -> Schema {
    async_graphql::Schema::build(Query::default(), EmptyMutation, EmptySubscription)
        .extension(Metering)
        .data(storage)
        .finish()
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
