use async_graphql::{ComplexObject, Context, SimpleObject};

use super::loaders::{self, Page};
use super::rails::{HomePageRails, MAX_RAIL_ITEMS, Rail, RailKind, RailSource, RecommendationStrategy};
use super::store::PlatformRow;
use crate::catalog::{Content, Tenant};
use crate::error::{Error, Result};
use crate::id::TagId;

/// A home page as the viewer sees it.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(super) struct HomePage {
    /// The tenant whose page it is. Null for the platform's own.
    pub(super) tenant: Option<Tenant>,
    #[graphql(skip)]
    pub(super) made_of: HomePageRails,
}

impl From<Page> for HomePage {
    fn from(page: Page) -> Self {
        Self { tenant: page.tenant, made_of: page.rails }
    }
}

#[ComplexObject]
impl HomePage {
    /// What it shows, from above to below. A rail in which the viewer sees nothing is not there; nor are, for somebody who
    /// has not signed in, those that are the viewer's own.
    #[graphql(cache_control(private))]
    async fn rails(&self, ctx: &Context<'_>) -> Result<Vec<HomeRail>> {
        let rails = &self.made_of.0;
        let items = loaders::items(ctx, self.tenant.as_ref().map(|tenant| tenant.id), rails).await?;
        let rails = rails.iter().zip(items).filter(|(_, content)| !content.is_empty());
        Ok(rails.map(|(rail, content)| HomeRail::of(rail, content)).collect())
    }
}

/// A rail of a home page with its items.
#[derive(SimpleObject)]
#[graphql(complex)]
pub(super) struct HomeRail {
    /// What stands above it.
    title: String,
    /// Where its items come from.
    kind: RailKind,
    /// The id of the tag that its items carry. Null unless it is `BY_TAG`.
    tag_id: Option<TagId>,
    /// How it was found what it recommends. Null unless it is `RECOMMENDED`.
    strategy: Option<RecommendationStrategy>,
    #[graphql(skip)]
    content: Vec<Content>,
}

impl HomeRail {
    fn of(rail: &Rail, content: Vec<Content>) -> Self {
        let kind = rail.source.kind();
        let (mut tag_id, mut strategy) = (None, None);
        match rail.source {
            RailSource::ByTag { tag_id: tag } => tag_id = Some(tag),
            RailSource::Recommended { strategy: named } => strategy = Some(named),
            _ => {}
        }
        Self { title: rail.title.clone(), kind, tag_id, strategy, content }
    }
}

#[ComplexObject]
impl HomeRail {
    /// Its items, at least one; the rail itself says how many at the most, and never more than 50.
    #[expect(clippy::unused_async, reason = "resolvers are asynchronous")]
    async fn items(
        &self,
        #[graphql(desc = "How many from the start, from 1 to 50; all of the rail if nothing is said.")] first: Option<
            i32,
        >,
    ) -> Result<&[Content]> {
        let count = match first.map(usize::try_from) {
            None => MAX_RAIL_ITEMS,
            Some(Ok(count)) if (1..=MAX_RAIL_ITEMS).contains(&count) => count,
            Some(_) => return Err(Error::BadUserInput(format!("`first` goes from 1 to {MAX_RAIL_ITEMS}"))),
        };
        Ok(self.content.get(..count).unwrap_or(&self.content))
    }
}

/// The home page of the platform as its operators see it.
#[derive(SimpleObject)]
pub(super) struct PlatformHomePage {
    /// Counts the changes; 0 if nobody has made a page yet.
    pub(super) version: i32,
    /// What an operator has written and not published. Null if there is nothing.
    pub(super) draft: Option<Vec<Rail>>,
    /// What viewers see. Null as long as they see the usual page: continue watching, new series, trending.
    pub(super) live: Option<Vec<Rail>>,
}

impl PlatformHomePage {
    /// The page that is stored, or that nobody has made.
    ///
    /// # Errors
    /// When what is stored cannot be read.
    pub(super) fn read(row: Option<PlatformRow>) -> Result<Self> {
        let rails = |text: Option<String>| {
            let rails = text.as_deref().map(HomePageRails::stored).transpose();
            Ok::<_, Error>(rails.map_err(Error::internal)?.map(|rails| rails.0))
        };
        let Some(row) = row else { return Ok(Self { version: 0, draft: None, live: None }) };
        Ok(Self { version: row.version, draft: rails(row.draft)?, live: rails(row.live)? })
    }
}
