//! Tenants: who belongs to them, and who may do what there.
//!
//! A `(:Tenant)` has members, `(:User)-[:MEMBER_OF {role, since}]->(:Tenant)`, and at least one of them is its owner.
//! `(:Invitation)`s bring in new ones by mail, `(:Domain)`s are proved by a record in the DNS, and a [`TenantPlan`]
//! limits what a tenant may hold. Operators suspend and reinstate tenants. One whose only member deletes their account is
//! closed (`closedAt`): it is not active until they come back, or an operator reinstates it. Every change locks the tenant's node first, so
//! that what was counted and which roles were read still hold when it is written; every change is an event.
//!
//! What only members may reach takes a [`TenantScope`](crate::scope::TenantScope).

mod access;
mod dns;
mod domain_name;
mod functions;
mod limits;
mod loaders;
mod mutations;
mod plans;
mod queries;
mod slug;
mod store;
mod types;

pub(crate) use access::{at_least, no_tenant};
pub use dns::Dns;
pub use functions::STANDING_MAIL;
pub use limits::{Need, Room, room_for};
pub use loaders::TenantsLoaders;
pub use mutations::TenantsMutations;
pub use plans::{Limits, TenantPlan};
pub use queries::TenantsQueries;

pub(crate) use domain_name::folded as folded_domain;
pub(crate) use queries::memberships;
pub(crate) use slug::skeleton as slug_skeleton;
pub(crate) use types::Membership;
