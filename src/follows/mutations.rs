use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::{Followable, FollowsLoaders, store};
use crate::catalog::{CatalogLoaders, NodeId};
use crate::error::{Error, Result};
use crate::events::EventType;
use crate::mutation::{Outcome, UserError, UserErrorCode, told};
use crate::payload;
use crate::scope::Scope;

/// The most that somebody follows, of everything together.
const MAX_FOLLOWED: i64 = 5_000;

/// What to follow.
#[derive(InputObject)]
struct FollowInput {
    /// The id of a user, a franchise, a series or a tag.
    id: ID,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `follow`.
    FollowPayload {
        /// What the viewer follows now.
        followed: Followable
    }
}

/// What to follow no longer.
#[derive(InputObject)]
struct UnfollowInput {
    /// The id of a user, a franchise, a series or a tag.
    id: ID,
    /// Comes back in the payload.
    client_mutation_id: Option<String>,
}

/// The answer to `unfollow`.
#[derive(SimpleObject)]
struct UnfollowPayload {
    /// The id of what the viewer does not follow now.
    unfollowed_id: Option<ID>,
    /// What the viewer does not follow now; null if they cannot see it any more.
    unfollowed: Option<Followable>,
    /// What has to be mended; empty if it was done.
    user_errors: Vec<UserError>,
    /// The `clientMutationId` of the input.
    client_mutation_id: Option<String>,
}

/// What people do about whom and what they follow.
#[derive(Default)]
pub struct FollowsMutations;

#[Object]
impl FollowsMutations {
    /// Follows a user, a franchise, a series or a tag; at most 5,000 of them. Whoever follows it already goes on.
    async fn follow(&self, ctx: &Context<'_>, input: FollowInput) -> Result<FollowPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        FollowPayload::of(follow(ctx, &input.id).await, client_mutation_id)
    }

    /// Follows something no longer, even if the viewer cannot see it any more.
    async fn unfollow(&self, ctx: &Context<'_>, input: UnfollowInput) -> Result<UnfollowPayload> {
        let client_mutation_id = input.client_mutation_id.clone();
        let (done, user_errors) = told(unfollow(ctx, &input.id).await)?;
        let (unfollowed_id, unfollowed) = done.unzip();
        Ok(UnfollowPayload { unfollowed_id, unfollowed: unfollowed.flatten(), user_errors, client_mutation_id })
    }
}

async fn follow(ctx: &Context<'_>, id: &ID) -> Outcome<Followable> {
    let scope = ctx.data_unchecked::<Scope>();
    let viewer = scope.viewer().signed_in()?.id;
    let (id, followable) = visible(ctx, id).await?;
    if id == NodeId::User(viewer) {
        return Err(UserError::of("input.id", UserErrorCode::NotAllowed, "nobody follows themselves").into());
    }
    let event = scope.event(EventType::Followed).about(id.to_string());
    let followed = store::follow(scope, id, MAX_FOLLOWED, event).await?.ok_or_else(not_found)?;
    if !followed.follows {
        let message = format!("nobody follows more than {MAX_FOLLOWED}: unfollow something first");
        return Err(UserError::general(UserErrorCode::LimitReached, message).into());
    }
    ctx.data_unchecked::<FollowsLoaders>().forget(id).await;
    Ok(followable)
}

async fn unfollow(ctx: &Context<'_>, id: &ID) -> Outcome<(ID, Option<Followable>)> {
    let scope = ctx.data_unchecked::<Scope>();
    scope.viewer().signed_in()?;
    // What is hidden by now counts as followed, so it can be given up without being seen.
    let id = followable_id(id)?;
    let event = scope.event(EventType::Unfollowed).about(id.to_string());
    store::unfollow(scope, id, event).await?;
    ctx.data_unchecked::<FollowsLoaders>().forget(id).await;
    Ok((id.to_string().into(), seen(ctx, id).await?))
}

/// What an id names, if the viewer sees it and can follow it.
async fn visible(ctx: &Context<'_>, id: &ID) -> Outcome<(NodeId, Followable)> {
    let id = followable_id(id)?;
    Ok((id, seen(ctx, id).await?.ok_or_else(not_found)?))
}

/// An id that can be that of something to follow, whether there is such a thing or not.
fn followable_id(id: &ID) -> Result<NodeId> {
    let id: NodeId = id.parse()?;
    if matches!(id, NodeId::Tenant(_) | NodeId::Episode(_) | NodeId::Person(_)) {
        let message = "users, franchises, series and tags can be followed".to_owned();
        return Err(Error::BadUserInput(message));
    }
    Ok(id)
}

async fn seen(ctx: &Context<'_>, id: NodeId) -> Result<Option<Followable>> {
    let node = ctx.data_unchecked::<CatalogLoaders>().node(id).await?;
    Ok(node.and_then(|node| Followable::try_from(node).ok()))
}

fn not_found() -> UserError {
    UserError::of("input.id", UserErrorCode::NotFound, "there is no such thing")
}
