//! The GraphQL schema: the roots of all capabilities merged in one place.

use std::sync::Arc;

use async_graphql::{EmptySubscription, MergedObject, Request};

use crate::accounts::{
    AccountsLoaders, AccountsMutations, AccountsQueries, DeletionSettings, IdentityProviders, Passwords,
    SessionSettings,
};
use crate::announcements::{AnnouncementsMutations, AnnouncementsQueries};
use crate::assets::{Assets, AssetsMutations, AssetsQueries};
use crate::attempts::Attempts;
use crate::auth::Keys;
use crate::catalog::{CaptionsQueries, CatalogLoaders, CatalogQueries};
use crate::events::EventsQueries;
use crate::exports::ExportsMutations;
use crate::faq::FaqLoaders;
use crate::follows::{FollowsLoaders, FollowsMutations};
use crate::functions::{FunctionsMutations, FunctionsQueries};
use crate::home::{HomeLoaders, HomeMutations, HomeQueries};
use crate::mail::Mailer;
use crate::meter::Metering;
use crate::publishing::{Changeovers, PublishingMutations, PublishingQueries};
use crate::scope::Scope;
use crate::storage::Storage;
use crate::support::{SupportLoaders, SupportMutations, SupportQueries};
use crate::telemetry::{self, FieldSpans};
use crate::tenants::{Dns, TenantsLoaders, TenantsMutations, TenantsQueries};

/// Everything that can be asked for.
#[derive(MergedObject, Default)]
pub struct Query(
    AccountsQueries,
    AnnouncementsQueries,
    AssetsQueries,
    CaptionsQueries,
    CatalogQueries,
    EventsQueries,
    FunctionsQueries,
    HomeQueries,
    PublishingQueries,
    SupportQueries,
    TenantsQueries,
);

/// Everything that can be done.
#[derive(MergedObject, Default)]
pub struct Mutation(
    AccountsMutations,
    AnnouncementsMutations,
    AssetsMutations,
    ExportsMutations,
    FollowsMutations,
    FunctionsMutations,
    PublishingMutations,
    HomeMutations,
    SupportMutations,
    TenantsMutations,
);

/// What resolvers work with, whoever asks.
pub struct Services {
    /// The files.
    pub storage: Storage,
    /// What works on the files of tenants.
    pub assets: Assets,
    /// The way to people's mailboxes.
    pub mailer: Mailer,
    /// How passwords are hashed.
    pub passwords: Passwords,
    /// How sessions are made.
    pub sessions: SessionSettings,
    /// How often secrets may be tried.
    pub attempts: Attempts,
    /// The way to the DNS.
    pub dns: Dns,
    /// Others with whom people sign in.
    pub identity_providers: IdentityProviders,
    /// How accounts are deleted.
    pub deletion: DeletionSettings,
    /// The keys of tokens.
    pub keys: Arc<Keys>,
    /// How releases take effect.
    pub changeovers: Changeovers,
}

/// The schema that the server executes.
pub type Schema = async_graphql::Schema<Query, Mutation, EmptySubscription>;

/// Builds the schema. What belongs to one request (scope, loaders) is added to the request; its limits are
/// those of [`crate::operation`] and [`crate::meter`].
#[must_use]
pub fn build(services: Services) -> Schema {
    let schema = async_graphql::Schema::build(Query::default(), Mutation::default(), EmptySubscription)
        .extension(Metering)
        .data(services.storage)
        .data(services.assets)
        .data(services.mailer)
        .data(services.passwords)
        .data(services.sessions)
        .data(services.attempts)
        .data(services.dns)
        .data(services.identity_providers)
        .data(services.deletion)
        .data(services.keys)
        .data(services.changeovers);
    // Each extension costs an allocation for every field, so this one is there only when it is of use.
    let schema = if telemetry::exports_spans() { schema.extension(FieldSpans) } else { schema };
    schema.finish()
}

/// Gives a request what its resolvers look for: the scope, and fresh loaders of every capability.
#[must_use]
pub fn within(scope: Scope, request: Request) -> Request {
    request
        .data(AccountsLoaders::new(&scope))
        .data(CatalogLoaders::new(&scope))
        .data(FaqLoaders::new(&scope))
        .data(FollowsLoaders::new(&scope))
        .data(HomeLoaders::new(&scope))
        .data(SupportLoaders::new(&scope))
        .data(TenantsLoaders::new(&scope))
        .data(scope)
}

/// The schema in the schema definition language: the content of `schema.graphql`.
#[must_use]
pub fn sdl() -> String {
    async_graphql::Schema::build(Query::default(), Mutation::default(), EmptySubscription).finish().sdl()
}
