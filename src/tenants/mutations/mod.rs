mod domain;
mod invitation;
mod member;
mod standing;
mod tenant;

use async_graphql::MergedObject;

/// What people do about tenants.
#[derive(MergedObject, Default)]
pub struct TenantsMutations(
    tenant::TenantMutations,
    member::MemberMutations,
    invitation::InvitationMutations,
    domain::DomainMutations,
    standing::StandingMutations,
);
