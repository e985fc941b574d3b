use std::ops::RangeInclusive;

use async_graphql::{Context, InputObject, MaybeUndefined, Object};
use neo4rs::BoltType;
use serde_json::json;

use crate::catalog::{Person, Tag};
use crate::error::Result;
use crate::events::EventType;
use crate::graph::map;
use crate::id::{PersonId, TagId, TenantId};
use crate::mutation::{Checked, Outcome, UserError, UserErrorCode};
use crate::payload;
use crate::publishing::fields::slug;
use crate::publishing::store::{self, Added, PersonChange};
use crate::scope::{Editor, Scope, TenantScope, or_null};
use crate::tenants::no_tenant;
use crate::text;

/// The fewest and the most characters of the name of a tag or a person.
const NAME: RangeInclusive<usize> = 1..=100;
/// The fewest and the most characters of what is said of a person.
const BIOGRAPHY: RangeInclusive<usize> = 0..=1_000;
/// The most tags that a tenant adds to the vocabulary of all.
const MAX_TAGS: i64 = 1_000;
/// The most people that a tenant adds.
const MAX_PEOPLE: i64 = 20_000;

/// A tag that is wanted.
#[derive(InputObject)]
struct CreateTagInput {
    /// The tenant that you act for; the one of the header X-Seeka-Tenant if nothing is said.
    tenant_id: Option<TenantId>,
    /// Its name in addresses: lower-case letters, digits, and single hyphens between them; at most 80.
    slug: String,
    /// Its name, of at most 100 characters.
    name: String,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `createTag`.
    CreateTagPayload {
        /// The tag.
        tag: Tag
    }
}

/// Somebody who can be credited.
#[derive(InputObject)]
struct CreatePersonInput {
    /// The tenant that you act for; the one of the header X-Seeka-Tenant if nothing is said.
    tenant_id: Option<TenantId>,
    /// The person's name in addresses: lower-case letters, digits, and single hyphens between them; at most 80.
    slug: String,
    /// The name as it is credited, of at most 100 characters.
    name: String,
    /// Who this is, in at most 1,000 characters.
    biography: Option<String>,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `createPerson`.
    CreatePersonPayload {
        /// The person.
        person: Person
    }
}

/// What shall be different about a person. What is left out stays.
#[derive(InputObject)]
struct UpdatePersonInput {
    /// The tenant that added the person; the one of the header X-Seeka-Tenant if nothing is said.
    tenant_id: Option<TenantId>,
    /// The person.
    id: PersonId,
    /// The version that the change was made for: 1 at first, and one more with every change.
    expected_version: i32,
    /// The name as it is credited, of at most 100 characters.
    name: Option<String>,
    /// Who this is, in at most 1,000 characters. Null takes it away.
    biography: MaybeUndefined<String>,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `updatePerson`.
    UpdatePersonPayload {
        /// The person, as it is now.
        person: Person
    }
}

#[derive(Default)]
pub(super) struct VocabularyMutations;

#[Object]
impl VocabularyMutations {
    /// Adds a tag to the vocabulary that all tenants share. One with this slug that is there already comes back as it is.
    /// Viewers see a tag once something that they see carries it. A tenant adds at most 1,000. For editors, admins and
    /// owners.
    async fn create_tag(&self, ctx: &Context<'_>, input: CreateTagInput) -> Result<CreateTagPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        CreateTagPayload::of(Box::pin(create_tag(ctx, input)).await, client_mutation_id)
    }

    /// Adds a person who can be credited; a tenant adds at most 20,000. Viewers see them once they are credited for
    /// something that viewers see. For editors, admins and owners.
    async fn create_person(&self, ctx: &Context<'_>, input: CreatePersonInput) -> Result<CreatePersonPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        CreatePersonPayload::of(Box::pin(create_person(ctx, input)).await, client_mutation_id)
    }

    /// Changes what is said of a person that your tenant has added; viewers see it at once. For editors, admins and owners.
    async fn update_person(&self, ctx: &Context<'_>, input: UpdatePersonInput) -> Result<UpdatePersonPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        UpdatePersonPayload::of(Box::pin(update_person(ctx, input)).await, client_mutation_id)
    }
}

async fn create_tag(ctx: &Context<'_>, input: CreateTagInput) -> Outcome<Tag> {
    let scope = TenantScope::<Editor>::of(ctx.data_unchecked::<Scope>(), input.tenant_id).await?;
    let mut checked = Checked::default();
    let slug = checked.value(slug("input.slug", &input.slug));
    let name = checked.value(text::line("input.name", &input.name, NAME));
    checked.finish()?;
    let id = TagId::generate();
    let event = scope.request().event(EventType::TagCreated).about(id).within(scope.id());
    let event = event.with(&json!({"slug": slug, "name": name}));
    added(store::create_tag(&scope, (id, &slug, &name), MAX_TAGS, event).await?)
}

async fn create_person(ctx: &Context<'_>, input: CreatePersonInput) -> Outcome<Person> {
    let scope = TenantScope::<Editor>::of(ctx.data_unchecked::<Scope>(), input.tenant_id).await?;
    let mut checked = Checked::default();
    let slug = checked.value(slug("input.slug", &input.slug));
    let name = checked.value(text::line("input.name", &input.name, NAME));
    let biography = input.biography.map(|text| checked.value(text::paragraphs("input.biography", &text, BIOGRAPHY)));
    checked.finish()?;
    let id = PersonId::generate();
    let person = map([
        ("id", id.into()),
        ("slug", slug.as_str().into()),
        ("name", name.as_str().into()),
        ("biography", or_null(biography.filter(|text| !text.is_empty()))),
        ("createdAt", scope.request().now().into()),
        ("version", 1_i64.into()),
    ]);
    let event = scope.request().event(EventType::PersonCreated).about(id).within(scope.id());
    let event = event.with(&json!({"slug": slug, "name": name}));
    match store::create_person(&scope, person, MAX_PEOPLE, event).await {
        Ok(person) => added(person),
        Err(error) if error.is_taken() => {
            Err(UserError::of("input.slug", UserErrorCode::Taken, "somebody else has this slug").into())
        }
        Err(error) => Err(error.into()),
    }
}

/// The word that was added, or why it was not.
fn added<T>(added: Added<T>) -> Outcome<T> {
    match added {
        Added::Done(word) => Ok(word),
        Added::Full => Err(UserError::general(UserErrorCode::LimitReached, "the tenant has added too many").into()),
        Added::NotAllowed => Err(no_tenant().into()),
    }
}

async fn update_person(ctx: &Context<'_>, input: UpdatePersonInput) -> Outcome<Person> {
    let scope = TenantScope::<Editor>::of(ctx.data_unchecked::<Scope>(), input.tenant_id).await?;
    let mut checked = Checked::default();
    let mut changes = std::collections::HashMap::<String, BoltType>::new();
    if let Some(name) = &input.name {
        let name = checked.value(text::line("input.name", name, NAME));
        changes.insert("name".to_owned(), name.into());
    }
    if let Some(biography) = input.biography.as_opt_ref() {
        let text = biography.map(|text| checked.value(text::paragraphs("input.biography", text, BIOGRAPHY)));
        changes.insert("biography".to_owned(), or_null(text.filter(|text| !text.is_empty())));
    }
    checked.finish()?;
    let event = scope.request().event(EventType::PersonUpdated).about(input.id).within(scope.id());
    let change =
        PersonChange { id: input.id, expected_version: input.expected_version, changes: changes.into(), event };
    match store::update_person(&scope, change).await? {
        Some(Ok(person)) => Ok(person),
        Some(Err(version)) => Err(UserError::stale("it", version).into()),
        None => Err(UserError::of("input.id", UserErrorCode::NotFound, "this tenant has added no such person").into()),
    }
}
