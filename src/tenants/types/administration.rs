use async_graphql::{Context, Object};

use super::{Domain, Invitation, TenantLimits, TenantMember};
use crate::announcements::{self, AnnouncementRequest};
use crate::assets::{self, AssetFilter, TenantAsset};
use crate::catalog::Tenant;
use crate::error::Result;
use crate::pagination::{Connection, PageArguments, SortValue};
use crate::scope::{Admin, Member, TenantRole, TenantScope};
use crate::support::{self, Ticket, TicketState};
use crate::tenants::loaders::{INVITATIONS, MEMBERS, record};
use crate::tenants::{TenantPlan, store};

/// What the type of the same name in the schema resolves by.
pub(in crate::tenants) struct TenantAdministration {
    scope: TenantScope<Member>,
}

impl TenantAdministration {
    pub(in crate::tenants) fn of(scope: TenantScope<Member>) -> Self {
        Self { scope }
    }
}

/// A tenant from the inside: what only its members see.
#[Object]
impl TenantAdministration {
    /// What everybody sees of it.
    async fn tenant(&self, ctx: &Context<'_>) -> Result<Tenant> {
        Ok(record(ctx, self.scope.id()).await?.tenant)
    }

    /// Grows with each change of the tenant; `updateTenant` wants it as `expectedVersion`.
    async fn version(&self, ctx: &Context<'_>) -> Result<i32> {
        Ok(record(ctx, self.scope.id()).await?.version)
    }

    /// What the viewer is there.
    async fn role(&self) -> TenantRole {
        self.scope.role()
    }

    /// What it has agreed on with the platform.
    async fn plan(&self, ctx: &Context<'_>) -> Result<TenantPlan> {
        Ok(record(ctx, self.scope.id()).await?.terms.plan())
    }

    /// What it may hold, and what it holds.
    async fn limits(&self) -> Result<TenantLimits> {
        Ok(store::usage(&self.scope).await?.into())
    }

    /// Its files, those first whose upload was begun last.
    async fn assets(
        &self,
        #[graphql(desc = "Only those that fit.")] filter: Option<AssetFilter>,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<TenantAsset>> {
        assets::of_tenant(&self.scope, filter, &PageArguments { first, after, last, before }).await
    }

    /// What it has asked to be featured, newest first.
    async fn announcements(
        &self,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<AnnouncementRequest>> {
        announcements::of_tenant(&self.scope, &PageArguments { first, after, last, before }).await
    }

    /// What it was asked, newest first.
    async fn tickets(
        &self,
        #[graphql(desc = "Only those in this state.")] state: Option<TicketState>,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Ticket>> {
        support::of_tenant(&self.scope, state, &PageArguments { first, after, last, before }).await
    }

    /// Its members, those first that joined first.
    async fn members(
        &self,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<TenantMember>> {
        let page = PageArguments { first, after, last, before }.page(&MEMBERS)?;
        let members = store::members(&self.scope, &page).await?;
        Ok(page.connection(&MEMBERS, members, |member| {
            vec![SortValue::Time(member.since.0), SortValue::text(&member.user_id)]
        }))
    }

    /// The invitations that nobody has accepted yet, oldest first. For admins and owners.
    async fn invitations(
        &self,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Invitation>> {
        let scope = self.scope.raised::<Admin>()?;
        let page = PageArguments { first, after, last, before }.page(&INVITATIONS)?;
        let invitations = store::invitations(&scope, &page).await?;
        Ok(page.connection(&INVITATIONS, invitations, |invitation| {
            vec![SortValue::Time(invitation.created_at.0), SortValue::text(&invitation.id)]
        }))
    }

    /// The domains that it uses or wants to use, by name. For admins and owners.
    async fn domains(&self) -> Result<Vec<Domain>> {
        store::domains(&self.scope.raised::<Admin>()?).await
    }
}
