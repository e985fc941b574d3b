use async_graphql::{Context, InputObject, Object};
use serde_json::json;

use crate::attempts::{Act, attempts};
use crate::auth::Opaque;
use crate::error::{Error, Result};
use crate::events::EventType;
use crate::graph::map;
use crate::id::{DomainId, TenantId};
use crate::mutation::{Outcome, UserError, UserErrorCode};
use crate::payload;
use crate::scope::{Admin, AtLeast, Scope, TenantScope};
use crate::tenants::dns::{Answer, Dns};
use crate::tenants::domain_name;
use crate::tenants::store::{self, Added, NewDomain, Verified};
use crate::tenants::types::Domain;

/// The most domains of a tenant, those that are not verified counted.
const MAX_DOMAINS: i64 = 20;

/// A domain that a tenant wants to use.
#[derive(InputObject)]
struct AddDomainInput {
    /// The tenant; the one of the header X-Seeka-Tenant if nothing is said.
    tenant_id: Option<TenantId>,
    /// The domain, such as `series.example.org`.
    name: String,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `addDomain`.
    AddDomainPayload {
        /// The domain, with the record that has to be written into its DNS.
        domain: Domain
    }
}

/// A domain whose record has been written.
#[derive(InputObject)]
struct VerifyDomainInput {
    /// The tenant; the one of the header X-Seeka-Tenant if nothing is said.
    tenant_id: Option<TenantId>,
    /// The domain.
    id: DomainId,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `verifyDomain`.
    VerifyDomainPayload {
        /// The domain, which is the tenant's now.
        domain: Domain
    }
}

/// A domain that a tenant does not want to use any more.
#[derive(InputObject)]
struct RemoveDomainInput {
    /// The tenant; the one of the header X-Seeka-Tenant if nothing is said.
    tenant_id: Option<TenantId>,
    /// The domain.
    id: DomainId,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `removeDomain`.
    RemoveDomainPayload {
        /// The id of the domain that is gone.
        removed_domain_id: DomainId
    }
}

#[derive(Default)]
pub(super) struct DomainMutations;

#[Object]
impl DomainMutations {
    /// Notes a domain that the tenant wants to use. Several tenants can want the same one; it belongs to the one that has
    /// proved last that it is theirs. For admins and owners.
    async fn add_domain(&self, ctx: &Context<'_>, input: AddDomainInput) -> Result<AddDomainPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        AddDomainPayload::of(add(ctx, input).await, client_mutation_id)
    }

    /// Looks for the TXT record that proves that a domain is the tenant's. Another tenant that had it before loses it. For
    /// admins and owners.
    async fn verify_domain(&self, ctx: &Context<'_>, input: VerifyDomainInput) -> Result<VerifyDomainPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        VerifyDomainPayload::of(verify(ctx, input).await, client_mutation_id)
    }

    /// Takes a domain away from the tenant; others can have it then. For admins and owners.
    async fn remove_domain(&self, ctx: &Context<'_>, input: RemoveDomainInput) -> Result<RemoveDomainPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        RemoveDomainPayload::of(remove(ctx, input).await, client_mutation_id)
    }
}

async fn add(ctx: &Context<'_>, input: AddDomainInput) -> Outcome<Domain> {
    let scope = TenantScope::<Admin>::of(ctx.data_unchecked::<Scope>(), input.tenant_id).await?;
    let name = domain_name::parse("input.name", &input.name)?;
    let id = DomainId::generate();
    let event = scope.request().event(EventType::DomainAdded).about(id).within(scope.id());
    let new = NewDomain {
        properties: map([
            ("id", id.into()),
            ("tenantId", scope.id().into()),
            ("name", name.as_str().into()),
            ("token", Opaque::generate()?.expose().into()),
            ("createdAt", scope.request().now().into()),
        ]),
        max_domains: MAX_DOMAINS,
        event: event.with(&json!({"name": name})),
    };
    match store::add_domain(&scope, new).await? {
        Added::Done(domain) => Ok(domain),
        Added::TooMany => {
            let message = format!("a tenant has at most {MAX_DOMAINS} domains");
            Err(UserError::general(UserErrorCode::LimitReached, message).into())
        }
    }
}

async fn verify(ctx: &Context<'_>, input: VerifyDomainInput) -> Outcome<Domain> {
    let scope = TenantScope::<Admin>::of(ctx.data_unchecked::<Scope>(), input.tenant_id).await?;
    let domain = store::domain_by_id(&scope, input.id).await?.ok_or_else(no_domain)?;
    if domain.verified_at.is_some() {
        return Ok(domain);
    }
    // Name servers that do not answer keep a place among the lookups, which all tenants share.
    attempts(ctx).take(Act::VerifyDomain, Some(&scope.id().to_string()))?;
    let (record, proof) = (domain.record(), domain.proof());
    let not_found = |message: String| Err(UserError::of("input.id", UserErrorCode::NotFound, message).into());
    match ctx.data_unchecked::<Dns>().says(&record, &proof).await? {
        Answer::Found => {}
        Answer::Absent => {
            return not_found(format!(
                "no TXT record of {record} says what it should; a new one can take hours to be seen"
            ));
        }
        Answer::Unclear => return not_found(format!("the name servers did not answer for {record}; try again later")),
    }
    let payload = json!({"name": domain.name});
    let event = scope.request().event(EventType::DomainVerified).about(domain.id).within(scope.id()).with(&payload);
    let lost = scope.request().event(EventType::DomainLost).without_trace().with(&payload);
    match store::verify_domain(&scope, domain.id, event, lost).await? {
        Verified::Done(domain) => Ok(domain),
        Verified::Forbidden => Err(Error::Forbidden(Admin::REFUSAL).into()),
        Verified::Gone => Err(no_domain().into()),
        Verified::Taken => {
            let message = "another tenant has proved at the same moment that this domain is theirs; try again";
            Err(UserError::of("input.id", UserErrorCode::Taken, message).into())
        }
    }
}

async fn remove(ctx: &Context<'_>, input: RemoveDomainInput) -> Outcome<DomainId> {
    let scope = TenantScope::<Admin>::of(ctx.data_unchecked::<Scope>(), input.tenant_id).await?;
    let event = scope.request().event(EventType::DomainRemoved).about(input.id).within(scope.id());
    if store::remove_domain(&scope, input.id, event).await? { Ok(input.id) } else { Err(no_domain().into()) }
}

fn no_domain() -> Error {
    Error::NotFound("there is no such domain".to_owned())
}
