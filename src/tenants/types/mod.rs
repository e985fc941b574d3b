//! The GraphQL objects of tenants.

mod administration;
mod domain;
mod invitation;
mod limits;
mod member;
mod membership;
mod standing;

pub(super) use administration::TenantAdministration;
pub(super) use domain::Domain;
pub(super) use invitation::Invitation;
pub(super) use limits::TenantLimits;
pub(super) use member::TenantMember;
pub(crate) use membership::Membership;
pub(super) use standing::TenantStanding;
