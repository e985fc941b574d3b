use async_graphql::{Context, InputObject, Object};

use super::create::create;
use super::payload::EditPagePayload;
use super::update::update;
use crate::error::Result;
use crate::home::{HomePageRailInput, HomePageRails};
use crate::id::{HomePageId, TenantId};
use crate::mutation::{Checked, Refused};
use crate::publishing::document::{PageId, PageKind};
use crate::publishing::fields::{PageChange, PageInput};

/// Its name in addresses, and its title.
const SLUG: &str = "home";
const TITLE: &str = "Home";

/// A home page that is wanted.
#[derive(InputObject)]
struct CreateHomePageInput {
    /// The tenant; the one of the header X-Seeka-Tenant if nothing is said.
    tenant_id: Option<TenantId>,
    /// Its rails from above to below, at most 20.
    rails: Vec<HomePageRailInput>,
    /// Comes back in the payload. The same one makes no second page: the first one is returned again.
    client_mutation_id: Option<String>,
}

/// What shall be different about a home page.
#[derive(InputObject)]
struct UpdateHomePageInput {
    /// The home page.
    id: HomePageId,
    /// The version that the change was made for.
    expected_version: i32,
    /// Its rails from above to below, at most 20.
    rails: Vec<HomePageRailInput>,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

#[derive(Default)]
pub(super) struct HomePageMutations;

#[Object]
impl HomePageMutations {
    /// Makes the home page of a tenant, as a draft that viewers do not see; there is one. `pages(kind: HOME_PAGE)` finds it. For
    /// editors, admins and owners.
    async fn create_home_page(&self, ctx: &Context<'_>, input: CreateHomePageInput) -> Result<EditPagePayload> {
        let key = input.client_mutation_id.clone();
        let common = PageInput { slug: Some(SLUG.to_owned()), title: Some(TITLE.to_owned()), fields: None };
        let own = |checked: &mut Checked, change: &mut PageChange| set_rails(checked, change, input.rails);
        let made = create(ctx, PageKind::HomePage, input.tenant_id, (common, key.clone()), own);
        EditPagePayload::of(Box::pin(made).await, key)
    }

    /// Changes the draft of a home page; viewers see it when it is published. For editors, admins and owners.
    async fn update_home_page(&self, ctx: &Context<'_>, input: UpdateHomePageInput) -> Result<EditPagePayload> {
        let own = |checked: &mut Checked, change: &mut PageChange| set_rails(checked, change, input.rails);
        let wanted = (PageId::HomePage(input.id), input.expected_version, PageInput::default());
        EditPagePayload::of(Box::pin(update(ctx, wanted, own)).await, input.client_mutation_id)
    }
}

fn set_rails(checked: &mut Checked, change: &mut PageChange, rails: Vec<HomePageRailInput>) {
    match HomePageRails::checked("input.rails", rails) {
        Ok(rails) => change.rails = Some(rails.0),
        Err(Refused::User(errors)) => {
            for error in errors {
                checked.value::<()>(Err(error));
            }
        }
        // Nothing but the input was looked at.
        Err(Refused::Request(error)) => tracing::error!(%error, "rails cannot be checked"),
    }
}
