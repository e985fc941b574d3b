use async_graphql::{Context, InputObject, MaybeUndefined, Object};
use neo4rs::{BoltMap, BoltString, BoltType};
use serde_json::json;

use super::registration::DISPLAY_NAME;
use crate::accounts::formats::{language, web_address};
use crate::accounts::handle::Handle;
use crate::accounts::loaders::loaders;
use crate::accounts::store::{self, Written};
use crate::accounts::types::{HistoryVisibility, Viewer};
use crate::error::{Result, session_ended};
use crate::events::EventType;
use crate::mutation::{Checked, Outcome, UserError, UserErrorCode};
use crate::payload;
use crate::scope::{Scope, or_null};
use crate::text;

/// The most characters that somebody says about themselves.
const MAX_BIO: usize = 1_000;
/// The most links of a profile.
const MAX_LINKS: usize = 10;
/// The fewest and the most characters of what a link is called.
const LINK_LABEL: std::ops::RangeInclusive<usize> = 1..=50;

/// A link of a profile.
#[derive(InputObject)]
struct ProfileLinkInput {
    /// What it is called; at most 50 characters.
    label: String,
    /// Where it leads: an address that begins with `http://` or `https://`.
    url: String,
}

/// What is to be changed. What is left out stays as it is.
#[derive(InputObject)]
struct UpdateProfileInput {
    /// The name that is shown; at most 50 characters.
    display_name: Option<String>,
    /// The name in addresses and mentions. The old one is free for others then.
    handle: Option<String>,
    /// What they say about themselves, at most 1,000 characters; null removes it.
    bio: MaybeUndefined<String>,
    /// All links in their order, at most ten; null removes them.
    links: MaybeUndefined<Vec<ProfileLinkInput>>,
    /// The language they want to be spoken to in, as a BCP 47 tag; null removes it.
    locale: MaybeUndefined<String>,
    /// Who sees what they have watched.
    history_visibility: Option<HistoryVisibility>,
    /// The `version` that the change was made for. If it is another by now, nothing is changed.
    expected_version: Option<i32>,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `updateProfile`.
    UpdateProfilePayload {
        /// The viewer, as changed.
        viewer: Viewer
    }
}

#[derive(Default)]
pub(super) struct ProfileMutations;

#[Object]
impl ProfileMutations {
    /// Changes the profile and the settings of the viewer.
    async fn update_profile(&self, ctx: &Context<'_>, input: UpdateProfileInput) -> Result<UpdateProfilePayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        UpdateProfilePayload::of(update_profile(ctx, input).await, client_mutation_id)
    }
}

async fn update_profile(ctx: &Context<'_>, input: UpdateProfileInput) -> Outcome<Viewer> {
    let scope = ctx.data_unchecked::<Scope>();
    scope.viewer().signed_in()?;
    let expected = input.expected_version;
    let changes = changes(&input)?;
    // Names alone: an event is no place for what people say about themselves.
    let names: Vec<&str> = changes.iter().map(|(name, _)| *name).collect();
    let event = scope.event(EventType::ProfileUpdated).with(&json!({"changed": names}));
    let mut map = BoltMap::default();
    for (name, value) in changes {
        map.put(BoltString::from(name), value);
    }
    match store::update_profile(scope, BoltType::Map(map), expected, event).await {
        Ok(Some(written)) => finish(ctx, written, "the profile").await,
        Ok(None) => Err(session_ended().into()),
        Err(error) if error.is_taken() => {
            let message = "this handle, or one that looks like it, is taken";
            Err(UserError::of("input.handle", UserErrorCode::Taken, message).into())
        }
        Err(error) => Err(error.into()),
    }
}

/// The viewer after a change, or what the user has to mend.
pub(super) async fn finish(ctx: &Context<'_>, written: Written, what: &str) -> Outcome<Viewer> {
    let scope = ctx.data_unchecked::<Scope>();
    if !written.fresh {
        let message = format!("{what} has changed meanwhile; its version is {} now", written.version);
        return Err(UserError::of("input.expectedVersion", UserErrorCode::StaleVersion, message).into());
    }
    loaders(ctx).forget(scope.viewer().signed_in()?.id).await;
    Ok(store::viewer(scope).await?.ok_or_else(session_ended)?)
}

/// The properties that change; null removes one.
fn changes(input: &UpdateProfileInput) -> Outcome<Vec<(&'static str, BoltType)>> {
    let mut checked = Checked::default();
    let mut changes = Vec::new();
    if let Some(name) = &input.display_name {
        let name = checked.value(text::line("input.displayName", name, DISPLAY_NAME));
        changes.push(("displayName", name.into()));
    }
    if let Some(handle) = &input.handle {
        let handle = checked.value(Handle::parse("input.handle", handle));
        changes.push(("handle", handle.text.into()));
        changes.push(("handleSkeleton", handle.skeleton.into()));
    }
    if let Some(bio) = input.bio.as_opt_ref() {
        let bio = bio.map(|bio| checked.value(text::paragraphs("input.bio", bio, 0..=MAX_BIO)));
        changes.push(("bio", or_null(bio.filter(|bio| !bio.is_empty()))));
    }
    if let Some(links) = input.links.as_opt_ref() {
        let links = links.map(Vec::as_slice).unwrap_or_default();
        if links.len() > MAX_LINKS {
            let message = format!("a profile has at most {MAX_LINKS} links");
            return Err(UserError::of("input.links", UserErrorCode::LimitReached, message).into());
        }
        let (mut labels, mut urls) = (Vec::new(), Vec::new());
        for (n, link) in links.iter().enumerate() {
            labels.push(checked.value(text::line(&format!("input.links.{n}.label"), &link.label, LINK_LABEL)));
            urls.push(checked.value(web_address(&format!("input.links.{n}.url"), &link.url)));
        }
        // A map is no property, so the links are two lists.
        changes.push(("linkLabels", or_null(Some(labels).filter(|labels| !labels.is_empty()))));
        changes.push(("linkUrls", or_null(Some(urls).filter(|urls| !urls.is_empty()))));
    }
    if let Some(locale) = input.locale.as_opt_ref() {
        let locale = locale.map(|locale| checked.value(language("input.locale", locale)));
        changes.push(("locale", or_null(locale)));
    }
    if let Some(visibility) = input.history_visibility {
        let name = async_graphql::resolver_utils::enum_value(visibility).to_string();
        changes.push(("historyVisibility", name.into()));
    }
    checked.finish()?;
    Ok(changes)
}
