//! The statements of `cypher/tenants/` and their rows. No other folder names them.

mod domains;
mod invitations;
mod members;
mod operators;
mod tenants;

use serde::Deserialize;

pub(super) use domains::{Added, NewDomain, Verified, add_domain, domain_by_id, domains, remove_domain, verify_domain};
pub(super) use invitations::{
    Accepted, Invited, NewInvitation, Revoked, accept, invitations, invite, revoke, tenant_of_invitation,
};
pub(super) use members::{
    RoleChange, Verdict, change_role, members, memberships, owners, remove_member, transfer_ownership,
};
pub(super) use operators::{NewTerms, reinstate, set_plan, standing, suspend};
pub(super) use tenants::{
    Created, NewTenant, TenantChange, TenantRecord, Updated, create, tenants_by_ids, update, usage,
};

use super::plans::{Limits, TenantPlan};

/// What a tenant may hold: its plan, and what an operator has set instead.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Terms {
    plan: Option<TenantPlan>,
    max_members: Option<i64>,
    max_items: Option<i64>,
    max_storage_bytes: Option<i64>,
}

impl Terms {
    /// The plan; the first one where nothing was agreed on.
    pub(super) fn plan(self) -> TenantPlan {
        self.plan.unwrap_or_default()
    }

    /// What comes of both.
    pub(super) fn limits(self) -> Limits {
        let usual = self.plan().limits();
        Limits {
            members: self.max_members.unwrap_or(usual.members),
            items: self.max_items.unwrap_or(usual.items),
            storage_bytes: self.max_storage_bytes.unwrap_or(usual.storage_bytes),
        }
    }
}

/// What a tenant holds, and what it may hold.
#[derive(Debug, Clone, Copy)]
pub(super) struct Usage {
    pub(super) used: Limits,
    pub(super) limits: Limits,
}

/// The only row of a list.
#[derive(Deserialize)]
struct Items<T> {
    items: Vec<T>,
}

/// A row that says no more than that something was done.
#[derive(Deserialize)]
struct Done {
    #[serde(rename = "id")]
    _id: String,
}
