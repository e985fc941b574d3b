use async_graphql::{Context, Object};

use super::loaders::MEMBERSHIPS;
use super::store;
use super::types::{Membership, TenantAdministration, TenantStanding};
use crate::error::{Error, Result};
use crate::id::TenantId;
use crate::pagination::{Connection, PageArguments, SortValue};
use crate::scope::{Scope, TenantScope};

/// The root fields of tenants.
#[derive(Default)]
pub struct TenantsQueries;

#[Object]
impl TenantsQueries {
    /// A tenant from the inside. For its members.
    async fn administration(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id of the tenant; the one of the header X-Seeka-Tenant if nothing is said.")]
        tenant_id: Option<TenantId>,
    ) -> Result<TenantAdministration> {
        let scope = TenantScope::of(ctx.data_unchecked::<Scope>(), tenant_id).await?;
        Ok(TenantAdministration::of(scope))
    }

    /// A tenant as the operators of the platform see it. For operators.
    async fn tenant_standing(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id.")] id: Option<TenantId>,
        #[graphql(desc = "Its slug, instead of the id.")] slug: Option<String>,
    ) -> Result<Option<TenantStanding>> {
        let scope = &ctx.data_unchecked::<Scope>().clone().of_operator().await?;
        if id.is_some() == slug.is_some() {
            return Err(Error::BadUserInput("give either `id` or `slug`".to_owned()));
        }
        store::standing(scope, id, slug.as_deref()).await
    }
}

/// The tenants that the viewer belongs to.
pub(crate) async fn memberships(ctx: &Context<'_>, arguments: &PageArguments) -> Result<Connection<Membership>> {
    let page = arguments.page(&MEMBERSHIPS)?;
    let memberships = store::memberships(ctx.data_unchecked::<Scope>(), &page).await?;
    Ok(page.connection(&MEMBERSHIPS, memberships, |membership| {
        vec![SortValue::Time(membership.since.0), SortValue::text(&membership.tenant.id)]
    }))
}
