use async_graphql::{Context, Object};

use super::store::{self, MAX_PERIOD};
use super::types::{Announcement, AnnouncementRequest, AnnouncementState};
use crate::error::Result;
use crate::pagination::{Column, Connection, Order, Page, PageArguments, SortValue};
use crate::scope::{Member, Scope, TenantScope};

const ANNOUNCEMENTS: Order = Order { list: "announcements", descending: true, columns: &[Column::Time, Column::Text] };
const REQUESTS: Order =
    Order { list: "announcementRequests", descending: true, columns: &[Column::Time, Column::Text] };

/// The root fields of announcements.
#[derive(Default)]
pub struct AnnouncementsQueries;

#[Object]
impl AnnouncementsQueries {
    /// What is featured at the moment; what has begun last comes first.
    #[graphql(cache_control(max_age = 60))]
    async fn announcements(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Announcement>> {
        let scope = ctx.data_unchecked::<Scope>();
        let page = PageArguments { first, after, last, before }.page(&ANNOUNCEMENTS)?;
        // What has begun longer ago than a period lasts is over, so nobody looks through what was announced years ago.
        let oldest = vec![SortValue::Time(scope.now() - MAX_PERIOD), SortValue::Text(String::new())];
        let found = store::current(scope, &page.clone().between(Some(oldest), None)).await?;
        Ok(page.connection(&ANNOUNCEMENTS, found, |it| vec![SortValue::Time(it.from.0), SortValue::text(&it.id)]))
    }

    /// What tenants have asked to be featured, newest first. For operators of the platform.
    async fn announcement_requests(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those in this state.")] state: Option<AnnouncementState>,
        #[graphql(desc = "How many from the start, at most 100; 20 if nothing is said.")] first: Option<i32>,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 100.")] last: Option<i32>,
        #[graphql(desc = "Only what comes before this cursor.")] before: Option<String>,
    ) -> Result<Connection<AnnouncementRequest>> {
        let scope = &ctx.data_unchecked::<Scope>().clone().of_operator().await?;
        let page = PageArguments { first, after, last, before }.page(&REQUESTS)?;
        Ok(shown(&page, store::of_platform(scope, state, &page).await?))
    }
}

/// A page of what a tenant has asked to be featured.
pub(crate) async fn of_tenant(
    scope: &TenantScope<Member>,
    arguments: &PageArguments,
) -> Result<Connection<AnnouncementRequest>> {
    let page = arguments.page(&REQUESTS)?;
    Ok(shown(&page, store::of_tenant(scope, &page).await?))
}

fn shown(page: &Page, requests: Vec<AnnouncementRequest>) -> Connection<AnnouncementRequest> {
    page.connection(&REQUESTS, requests, |it| vec![SortValue::Time(it.created_at.0), SortValue::text(&it.id)])
}
