use async_graphql::{Context, InputObject, Object};
use serde_json::json;

use super::rails::{HomePageRailInput, HomePageRails};
use super::types::PlatformHomePage;
use super::{OF_PLATFORM, store};
use crate::error::{Error, Result};
use crate::events::EventType;
use crate::mutation::{Outcome, UserError, UserErrorCode};
use crate::payload;
use crate::scope::Scope;

/// What the home page of the platform shall show once it is published.
#[derive(InputObject)]
struct UpdatePlatformHomePageInput {
    /// The version that was read; 0 if nobody has made a page yet.
    expected_version: i32,
    /// Its rails from above to below, at most 20.
    rails: Vec<HomePageRailInput>,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `updatePlatformHomePage`.
    UpdatePlatformHomePagePayload {
        /// The page, as it is now.
        page: PlatformHomePage
    }
}

/// The draft that viewers shall see.
#[derive(InputObject)]
struct PublishPlatformHomePageInput {
    /// The version that was read.
    expected_version: i32,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `publishPlatformHomePage`.
    PublishPlatformHomePagePayload {
        /// The page, as it is now.
        page: PlatformHomePage
    }
}

/// What can be done about home pages.
#[derive(Default)]
pub struct HomeMutations;

#[Object]
impl HomeMutations {
    /// Writes a draft of the platform's home page, in place of the one before; viewers see it once it is published. For
    /// operators of the platform.
    async fn update_platform_home_page(
        &self,
        ctx: &Context<'_>,
        input: UpdatePlatformHomePageInput,
    ) -> Result<UpdatePlatformHomePagePayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        UpdatePlatformHomePagePayload::of(update(ctx, input).await, client_mutation_id)
    }

    /// Shows the draft of the platform's home page to viewers. For operators of the platform.
    async fn publish_platform_home_page(
        &self,
        ctx: &Context<'_>,
        input: PublishPlatformHomePageInput,
    ) -> Result<PublishPlatformHomePagePayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        PublishPlatformHomePagePayload::of(publish(ctx, input.expected_version).await, client_mutation_id)
    }
}

async fn update(ctx: &Context<'_>, input: UpdatePlatformHomePageInput) -> Outcome<PlatformHomePage> {
    let scope = ctx.data_unchecked::<Scope>();
    scope.viewer().operator()?;
    let rails = HomePageRails::checked("input.rails", input.rails)?;
    let text = rails.to_text().map_err(Error::internal)?;
    let event = scope.event(EventType::PlatformHomePageUpdated).about(*OF_PLATFORM);
    let event = event.with(&json!({"rails": rails.0.len()}));
    let written = store::update_platform_page(scope, input.expected_version, &text, event).await?;
    let written = written.ok_or(NO_OPERATOR)?;
    if !written.fits {
        return Err(UserError::stale("it", written.version).into());
    }
    now(scope).await
}

async fn publish(ctx: &Context<'_>, expected_version: i32) -> Outcome<PlatformHomePage> {
    let scope = ctx.data_unchecked::<Scope>();
    scope.viewer().operator()?;
    let event = scope.event(EventType::PlatformHomePagePublished).about(*OF_PLATFORM);
    let Some(published) = store::publish_platform_page(scope, expected_version, event).await? else {
        // A page that nobody has made has version 0 and no draft.
        return Err(if expected_version == 0 { nothing_to_publish() } else { UserError::stale("it", 0) }.into());
    };
    if !published.written.fits {
        return Err(UserError::stale("it", published.written.version).into());
    }
    if !published.has_draft {
        return Err(nothing_to_publish().into());
    }
    now(scope).await
}

async fn now(scope: &Scope) -> Outcome<PlatformHomePage> {
    Ok(PlatformHomePage::read(store::platform_page(scope).await?)?)
}

/// What somebody reads whose role was taken away while they waited for the lock.
const NO_OPERATOR: Error = Error::Forbidden("only operators of the platform may do this");

fn nothing_to_publish() -> UserError {
    UserError::general(UserErrorCode::NotAllowed, "there is no draft to publish")
}
