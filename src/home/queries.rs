use async_graphql::{Context, Object};

use super::loaders::{self, PageOf};
use super::store;
use super::types::{HomePage, PlatformHomePage};
use crate::error::Result;
use crate::scope::Scope;

/// The root fields of home pages.
#[derive(Default)]
pub struct HomeQueries;

#[Object]
impl HomeQueries {
    /// The home page of a tenant, or of the platform, as the viewer sees it. Null if there is no such tenant. A page that
    /// nobody has made shows what is usual: what the viewer can go on with, new series, and what many watch.
    #[graphql(cache_control(max_age = 60))]
    async fn home(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "The slug of the tenant; the one of the header X-Seeka-Tenant if nothing is said, or else the platform."
        )]
        tenant_slug: Option<String>,
    ) -> Result<Option<HomePage>> {
        let confined = ctx.data_unchecked::<Scope>().confined_to().map(|tenant| tenant.slug.clone());
        let of = tenant_slug.or(confined).map_or(PageOf::Platform, PageOf::Tenant);
        Ok(loaders::page(ctx, of).await?.map(HomePage::from))
    }

    /// The home page of the platform, with what is not published. For operators of the platform.
    async fn platform_home_page(&self, ctx: &Context<'_>) -> Result<PlatformHomePage> {
        let scope = &ctx.data_unchecked::<Scope>().clone().of_operator().await?;
        PlatformHomePage::read(store::platform_page(scope).await?)
    }
}
