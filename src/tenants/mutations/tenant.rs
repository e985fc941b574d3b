use std::ops::RangeInclusive;

use async_graphql::{Context, InputObject, MaybeUndefined, Object};
use serde_json::json;

use crate::error::{Error, Result};
use crate::events::EventType;
use crate::graph::map;
use crate::id::TenantId;
use crate::mutation::{Checked, Outcome, UserError, UserErrorCode, creation_key};
use crate::payload;
use crate::scope::{Admin, Member, Scope, TenantScope, or_null};
use crate::tenants::access::unverified;
use crate::tenants::loaders::TenantsLoaders;
use crate::tenants::plans::TenantPlan;
use crate::tenants::slug::Slug;
use crate::tenants::store::{self, Created, NewTenant, TenantChange, Updated};
use crate::tenants::types::TenantAdministration;
use crate::text;

/// The fewest and the most characters of a tenant's name.
const NAME: RangeInclusive<usize> = 1..=80;
/// The fewest and the most characters of a tenant's description.
const DESCRIPTION: RangeInclusive<usize> = 0..=1_000;
/// The most tenants that a user owns who makes another. Those that others hand over are not limited by it.
const MAX_OWNED: i64 = 10;

/// A tenant that is wanted.
#[derive(InputObject)]
struct CreateTenantInput {
    /// Its name in addresses: 3 to 63 lower-case letters and digits, and single hyphens between them.
    slug: String,
    /// Its name, of at most 80 characters.
    name: String,
    /// Who they are, in a few sentences; at most 1,000 characters.
    description: Option<String>,
    /// Comes back in the payload. The same one makes no second tenant: the first one is returned again.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `createTenant`.
    CreateTenantPayload {
        /// The new tenant.
        administration: TenantAdministration
    }
}

/// What shall be different about a tenant. What is left out stays.
#[derive(InputObject)]
struct UpdateTenantInput {
    /// The tenant; the one of the header X-Seeka-Tenant if nothing is said.
    tenant_id: Option<TenantId>,
    /// The version that the change was made for.
    expected_version: i32,
    /// Its name, of at most 80 characters.
    name: Option<String>,
    /// Who they are, in a few sentences; at most 1,000 characters. Null takes it away.
    description: MaybeUndefined<String>,
    /// Its name in addresses. Addresses with the old one lead nowhere afterwards.
    slug: Option<String>,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `updateTenant`.
    UpdateTenantPayload {
        /// The tenant, as it is now.
        administration: TenantAdministration
    }
}

#[derive(Default)]
pub(super) struct TenantMutations;

#[Object]
impl TenantMutations {
    /// Makes a tenant, whose owner is the viewer. For users with a confirmed address; whoever owns ten makes no other.
    async fn create_tenant(&self, ctx: &Context<'_>, input: CreateTenantInput) -> Result<CreateTenantPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        CreateTenantPayload::of(create(ctx, input).await, client_mutation_id)
    }

    /// Changes what a tenant says of itself. For its admins and owners.
    async fn update_tenant(&self, ctx: &Context<'_>, input: UpdateTenantInput) -> Result<UpdateTenantPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        UpdateTenantPayload::of(update(ctx, input).await, client_mutation_id)
    }
}

async fn create(ctx: &Context<'_>, input: CreateTenantInput) -> Outcome<TenantAdministration> {
    let scope = ctx.data_unchecked::<Scope>();
    let viewer = scope.viewer().signed_in()?.id;
    if scope.confined_to().is_some() {
        let message = "a request with the header X-Seeka-Tenant makes no other tenant".to_owned();
        return Err(Error::BadUserInput(message).into());
    }
    let mut checked = Checked::default();
    let slug = checked.value(Slug::parse("input.slug", &input.slug));
    let name = checked.value(text::line("input.name", &input.name, NAME));
    let description = checked.value(described(input.description.as_deref()));
    let creation_key = checked.value(creation_key(viewer, input.client_mutation_id.as_deref()));
    checked.finish()?;

    let id = TenantId::generate();
    let event = scope.event(EventType::TenantCreated).about(id).within(id);
    let tenant = NewTenant {
        properties: map([
            ("id", id.into()),
            ("slug", slug.text.as_str().into()),
            ("slugSkeleton", slug.skeleton.into()),
            ("name", name.as_str().into()),
            ("description", or_null(description)),
            ("createdAt", scope.now().into()),
            ("active", true.into()),
            ("version", 1_i64.into()),
            ("plan", TenantPlan::default().name().into()),
            ("creationKey", or_null(creation_key.clone())),
        ]),
        creation_key,
        max_owned: MAX_OWNED,
        event: event.with(&json!({"slug": slug.text, "name": name})),
    };
    let id = match store::create(scope, tenant).await? {
        (Created::Made | Created::MadeBefore, id) => id,
        (Created::Unverified, _) => return Err(unverified().into()),
        (Created::TooMany, _) => {
            let message = format!("whoever owns {MAX_OWNED} tenants makes no other");
            return Err(UserError::general(UserErrorCode::LimitReached, message).into());
        }
        (Created::Taken, _) => return Err(taken().into()),
    };
    Ok(TenantAdministration::of(TenantScope::<Member>::of(scope, id).await?))
}

async fn update(ctx: &Context<'_>, input: UpdateTenantInput) -> Outcome<TenantAdministration> {
    let scope = TenantScope::<Admin>::of(ctx.data_unchecked::<Scope>(), input.tenant_id).await?;
    let mut checked = Checked::default();
    let name = checked.value(input.name.map(|name| text::line("input.name", &name, NAME)).transpose());
    let slug = checked.value(input.slug.map(|slug| Slug::parse("input.slug", &slug)).transpose());
    let description = match input.description {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(text) => Some(checked.value(described(Some(&text)))),
    };
    checked.finish()?;

    let mut changes = std::collections::HashMap::<String, neo4rs::BoltType>::new();
    let mut told = serde_json::Map::new();
    if let Some(name) = name {
        told.insert("name".to_owned(), name.as_str().into());
        changes.insert("name".to_owned(), name.into());
    }
    if let Some(slug) = slug {
        told.insert("slug".to_owned(), slug.text.as_str().into());
        changes.insert("slug".to_owned(), slug.text.into());
        changes.insert("slugSkeleton".to_owned(), slug.skeleton.into());
    }
    if let Some(description) = description {
        told.insert("description".to_owned(), description.as_deref().into());
        changes.insert("description".to_owned(), or_null(description));
    }
    let event = scope.request().event(EventType::TenantUpdated).about(scope.id()).within(scope.id());
    let change = TenantChange {
        expected_version: input.expected_version,
        changes: changes.into(),
        event: event.with(&told.into()),
    };
    match store::update(&scope, change).await? {
        Updated::Done => {
            ctx.data_unchecked::<TenantsLoaders>().forget(scope.id()).await;
            Ok(TenantAdministration::of(scope.lowered()))
        }
        Updated::Taken => Err(taken().into()),
        Updated::Stale(version) => Err(UserError::stale("the tenant", version).into()),
    }
}

fn described(text: Option<&str>) -> Result<Option<String>, UserError> {
    let text = text.map(|text| text::paragraphs("input.description", text, DESCRIPTION)).transpose()?;
    Ok(text.filter(|text| !text.is_empty()))
}

fn taken() -> UserError {
    UserError::of("input.slug", UserErrorCode::Taken, "this slug, or one that looks like it, is taken")
}
